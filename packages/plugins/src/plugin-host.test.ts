import { channel } from 'node:diagnostics_channel';

import { nullLogger, type Logger } from '@grid/common';
import { FunctionDecoder } from '@grid/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';

import { PluginHost, type PluginHostParts } from './plugin-host.js';
import { pluginOf } from './testing/plugin-of.js';
import { PluginLoop } from './thread/plugin-loop.js';
import type { PluginThreadEvents, StartPluginThread } from './thread/start-plugin-thread.js';

/** The thread's half, on this loop, and a way to end it. */
class InlineThreads {
  started = 0;
  ended = 0;
  /** What has been posted to a thread that does not listen. */
  #backlog: (() => void)[] | null = null;
  #events: PluginThreadEvents | undefined;

  readonly start: StartPluginThread = (setup, events) => {
    this.started += 1;
    this.#events = events;
    const decoder = new FunctionDecoder({ root: setup.root, worker: setup.owner });
    const loop = new PluginLoop(setup, {
      code: { decoder, prepare: (payload) => decoder.prepare(payload) },
      post: (message) => queueMicrotask(() => events.onMessage(structuredClone(message))),
    });
    return {
      post: (message) => {
        const clone = structuredClone(message);
        if (this.#backlog === null) queueMicrotask(() => loop.receive(clone));
        else this.#backlog.push(() => loop.receive(clone));
      },
      terminate: async () => {
        this.ended += 1;
      },
    };
  };

  pause(): void {
    this.#backlog = [];
  }

  resume(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = null;
    for (const receive of backlog) receive();
  }

  lose(error: unknown): void {
    this.#events?.onEnd(error);
  }
}

const told: unknown[][] = [];
channel('plugins').subscribe((message) => told.push(message as unknown[]));

const listener = {
  hear(...args: unknown[]): void {
    channel('plugins').publish(args);
  },
  missed(count: number): void {
    channel('plugins').publish(['missed', count]);
  },
};

let hosts: PluginHost[] = [];

function host(parts: Partial<PluginHostParts> = {}): { readonly plugins: PluginHost; readonly threads: InlineThreads } {
  told.length = 0;
  const threads = new InlineThreads();
  const plugins = new PluginHost(
    () => ({
      root: process.cwd(),
      owner: 'a test',
      life: { begin: 'setup', end: 'teardown' },
      about: { x: 1 },
      env: {},
    }),
    { logger: nullLogger, startThread: threads.start, ...parts },
  );
  hosts.push(plugins);
  return { plugins, threads };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

afterEach(async () => {
  await Promise.all(hosts.map((plugins) => plugins.close()));
  hosts = [];
});

describe('a host of plugins', () => {
  it('starts no thread and wants nothing as long as there is no plugin', async () => {
    const { plugins, threads } = host();
    plugins.tell('hear', 1);
    expect(plugins.wants('hear')).toBe(false);
    expect(await plugins.drop('x')).toBeNull();
    await plugins.close();
    expect(threads.started).toBe(0);
  });

  it('tells plugins what they want to hear, in order, encoded values opened', async () => {
    const { plugins } = host();
    expect(await plugins.add(pluginOf('a', listener, { hooks: ['hear'] }))).toBeNull();
    expect([plugins.wants('hear'), plugins.wants('see')]).toEqual([true, false]);
    plugins.tell('hear', 1);
    plugins.tell('hear', 2, 'b');
    await turns();
    expect(told).toEqual([[1], [2, 'b']]);
    const { code } = pluginOf('value', 'inside');
    if (code !== null) plugins.tellEncoded('hear', 'topic', code, 5);
    await turns();
    expect(told.at(-1)).toEqual(['topic', ['inside'], 5]);
  });

  it('answers with what a plugin throws', async () => {
    const { plugins } = host();
    const bad = {
      setup(): void {
        throw new RangeError('oh');
      },
    };
    expect(await plugins.add(pluginOf('a', bad, { hooks: ['hear'] }))).toMatchObject({
      name: 'RangeError',
      message: 'oh',
    });
    expect(plugins.wants('hear')).toBe(false);
  });

  it('hands on what plugins leave in the environment, log and tell', async () => {
    const heard: unknown[] = [];
    const { plugins } = host({
      logger: { ...nullLogger, warn: (fields, text) => heard.push(['warn', text]) } satisfies Logger,
      onEnvironment: (env) => heard.push(env),
      onEvent: (topic, facts) => heard.push([topic, facts]),
    });
    type Context = {
      env: Record<string, string>;
      log(text: string, level: string): void;
      logEvent(t: string, f: object): void;
    };
    const plugin = {
      setup(context: Context): void {
        context.env['A'] = '1';
        context.log('careful', 'warn');
        context.logEvent('topic', { b: 2 });
      },
    };
    await plugins.add(pluginOf('a', plugin));
    expect(heard).toEqual([['warn', 'careful'], ['topic', { b: 2 }], { A: '1' }]);
  });

  it('tells plugins that are far behind of no more, and later how much they have missed', async () => {
    const { plugins, threads } = host();
    await plugins.add(pluginOf('a', listener, { hooks: ['hear'] }));
    threads.pause();
    for (let n = 0; n < 100_010; n += 1) plugins.tell('hear', n);
    await turns();
    plugins.tell('hear', 'left out');
    threads.resume();
    await turns();
    expect(told).toHaveLength(100_000);
    plugins.tell('hear', 'again');
    await turns();
    expect(told.slice(-2)).toEqual([['missed', 11], ['again']]);
  });

  it('fails what is under way when the thread is lost, and starts another for the next plugin', async () => {
    const { plugins, threads } = host();
    await plugins.add(pluginOf('a', listener, { hooks: ['hear'] }));
    threads.pause();
    const adding = plugins.add(pluginOf('b', listener));
    threads.lose(new RangeError('out of memory'));
    expect((await adding)?.message).toContain('out of memory');
    expect(plugins.wants('hear')).toBe(false);
    threads.resume();
    expect(await plugins.add(pluginOf('a', listener, { hooks: ['hear'] }))).toBeNull();
    expect(threads.started).toBe(2);
  });

  it('runs the plugins of this process itself, and takes them down before one of another kind', async () => {
    const heard: string[] = [];
    const { plugins, threads } = host({
      builtIns: {
        bell: (options) => ({
          setup: () => void heard.push(`up ${String(options['tone'])}`),
          teardown: () => void heard.push('down'),
        }),
      },
    });
    const bell = { ...pluginOf('a', {}), code: null, builtIn: 'bell', options: { tone: 'c' } };
    expect(await plugins.add(bell)).toBeNull();
    expect(threads.started).toBe(0);
    expect(await plugins.add(pluginOf('a', listener))).toBeNull();
    expect(await plugins.add(bell)).toBeNull();
    expect(await plugins.drop('a')).toBeNull();
    expect(heard).toEqual(['up c', 'down', 'up c', 'down']);
  });

  it('leaves what is set up as it is when it is asked for again, and sets up another registration of the name', async () => {
    const heard: string[] = [];
    const { plugins } = host({
      builtIns: { bell: () => ({ setup: () => void heard.push('up'), teardown: () => void heard.push('down') }) },
    });
    const bell = { ...pluginOf('a', {}), code: null, builtIn: 'bell' };
    await plugins.add(bell);
    expect(plugins.has(bell)).toBe(true);
    expect(await plugins.add(bell)).toBeNull();
    expect(heard).toEqual(['up']);
    const other = { ...bell, id: `${bell.id}, once more` };
    expect(plugins.has(other)).toBe(false);
    expect(await plugins.add(other)).toBeNull();
    expect(heard).toEqual(['up', 'down', 'up']);
    expect(await plugins.add({ ...bell, builtIn: 'gong' })).toMatchObject({ message: expect.stringContaining('gong') });
  });

  it('takes none once it is closed', async () => {
    const { plugins, threads } = host();
    await plugins.add(pluginOf('a', listener));
    await plugins.close();
    await plugins.close();
    expect(threads.ended).toBe(1);
    expect((await plugins.add(pluginOf('b', listener)))?.message).toContain('closing');
  });
});
