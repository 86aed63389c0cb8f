import { channel } from 'node:diagnostics_channel';

import { encodeValue, FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { PluginPart } from './plugin-part.js';
import { PluginTable, type PluginCode } from './plugin-table.js';
import { pluginOf } from './testing/plugin-of.js';

const LIFE = { begin: 'setup', end: 'teardown' } as const;

/** What becomes of plugins is told through a channel, since what arrives is a copy. */
const journal: string[] = [];
channel('plugins').subscribe((line) => journal.push(String(line)));

function code(): PluginCode {
  const decoder = new FunctionDecoder({ root: process.cwd(), worker: 'this test' });
  return { decoder, prepare: (payload) => decoder.prepare(payload) };
}

/** A plugin that notes what becomes of it. */
function noting(
  name: string,
  id: string,
  fails: { readonly setup?: boolean; readonly teardown?: boolean } = {},
): PluginPart {
  const plugin = {
    id,
    fails: { setup: false, teardown: false, ...fails },
    async setup(): Promise<void> {
      await Promise.resolve();
      if (this.fails.setup) throw new RangeError('setup');
      channel('plugins').publish(`${this.id} up`);
    },
    teardown(): void {
      channel('plugins').publish(`${this.id} down`);
      if (this.fails.teardown) throw new RangeError('teardown');
    },
    hear(what: string): void {
      channel('plugins').publish(`${this.id} ${what}`);
      if (what === 'bang') throw new RangeError('bang');
    },
  };
  return pluginOf(name, plugin, { id });
}

function table(problems: string[] = []): PluginTable {
  journal.length = 0;
  return new PluginTable(code(), LIFE, (name, hook, error) => {
    problems.push(`${name} ${hook} ${(error as Error).message}`);
  });
}

describe('a table of plugins', () => {
  it('tears the one that had the name down before it sets another up', async () => {
    const plugins = table();
    await plugins.add(noting('a', 'first'), {});
    await plugins.add(noting('a', 'second'), {});
    expect(journal).toEqual(['first up', 'first down', 'second up']);
  });

  it('does nothing about a registration that it has', async () => {
    const plugins = table();
    await plugins.add(noting('a', 'first'), {});
    await plugins.add(noting('a', 'first'), {});
    expect(journal).toEqual(['first up']);
  });

  it('rejects with what setup throws, and gives that to whoever reaches for the plugin', async () => {
    const plugins = table();
    await expect(plugins.add(noting('a', 'first', { setup: true }), {})).rejects.toThrow('setup');
    expect(() => plugins.get('a')).toThrow('setup');
    expect(plugins.get('b')).toBeUndefined();
    plugins.tell('hear', ['nothing']);
    expect(journal).toEqual([]);
    await plugins.add(noting('a', 'second'), {});
    expect(plugins.get('a')).toBeDefined();
  });

  it('keeps what a hook throws from all others', async () => {
    const problems: string[] = [];
    const plugins = table(problems);
    await plugins.add(noting('a', 'one'), {});
    await plugins.add(noting('b', 'two'), {});
    plugins.tell('hear', ['bang']);
    plugins.tell('unheard', []);
    expect(journal.slice(2)).toEqual(['one bang', 'two bang']);
    expect(problems).toEqual(['a hear bang', 'b hear bang']);
  });

  it('makes plugins of classes and of functions, with their arguments', async () => {
    const plugins = table();
    class Sum {
      readonly sum: number;
      constructor(a: number, b: number) {
        this.sum = a + b;
      }
    }
    const made = (a: number): object => ({ sum: a });
    await plugins.add(pluginOf('class', Sum, { args: [1, 2] }), {});
    await plugins.add(pluginOf('function', made, { args: [7] }), {});
    expect(plugins.get('class')).toMatchObject({ sum: 3 });
    expect(plugins.get('function')).toMatchObject({ sum: 7 });
  });

  it.each([[3], ['text'], [null], [() => 5]])('refuses what is no plugin: %p', async (subject) => {
    await expect(table().add(pluginOf('x', subject), {})).rejects.toMatchObject({ code: 'GRID_PLUGINS_NOT_A_PLUGIN' });
  });

  it('ends every plugin that it began, once, whatever is asked for in whichever order', async () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('add', 'drop', 'fail', 'fail-to-end'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const plugins = table();
        await Promise.allSettled(
          steps.map(async ({ name, kind }, index) => {
            if (kind === 'drop') return plugins.drop(name, {});
            return plugins.add(
              noting(name, `p${String(index)}`, { setup: kind === 'fail', teardown: kind === 'fail-to-end' }),
              {},
            );
          }),
        );
        expect(plugins.isIdle).toBe(true);
        await plugins.close({});
        expect(plugins.names).toEqual([]);
        const begun = journal.filter((line) => line.endsWith('up')).map((line) => line.split(' ')[0]);
        const ended = journal.filter((line) => line.endsWith('down')).map((line) => line.split(' ')[0]);
        expect([...ended].sort()).toEqual([...begun].sort());
        // Of one name there is never more than one.
        for (const id of begun)
          expect(journal.indexOf(`${String(id)} up`)).toBeLessThan(journal.indexOf(`${String(id)} down`));
      }),
      { numRuns: 50 },
    );
  });
});

it('a plugin without code is none', async () => {
  const part: PluginPart = { ...pluginOf('x', {}), code: null };
  await expect(table().add(part, {})).rejects.toMatchObject({ code: 'GRID_PLUGINS_NOT_A_PLUGIN' });
  expect(encodeValue(1, { code: new FunctionEncoder() }).buffers).toEqual([]);
});
