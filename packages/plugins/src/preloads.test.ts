import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { channel } from 'node:diagnostics_channel';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nullLogger } from '@grid/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { loadPreloads, type Preloads } from './preloads.js';

const told: unknown[] = [];
channel('preloads').subscribe((message) => told.push(message));

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grid-preloads-'));
  told.length = 0;
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, body: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(
    join(root, path),
    `import { channel } from 'node:diagnostics_channel';\nconst say = (...words) => channel('preloads').publish(words.join(' '));\n${body}`,
  );
}

async function load(...modules: string[]): Promise<Preloads<string>> {
  return loadPreloads({ modules, argv: ['--x'], root }, nullLogger);
}

describe('preloads', () => {
  it('are files and packages, set up in order, torn down in the other', async () => {
    write(
      'one.mjs',
      "export const setup = (server, argv) => say('up', server, argv); export const teardown = (server) => say('down', server);",
    );
    write(
      'node_modules/two/index.mjs',
      "export default { async setup(server) { say('two', server); }, teardown() { say('end two'); } };",
    );
    writeFileSync(join(root, 'node_modules/two/package.json'), '{ "name": "two", "main": "./index.mjs" }');
    const preloads = await load('./one.mjs', 'two');
    expect(told).toEqual([]);
    await preloads.setup('s');
    await preloads.teardown('s');
    await preloads.teardown('s');
    expect(told).toEqual(['up s --x', 'two s', 'end two', 'down s']);
  });

  it('that throw in setup keep the server from starting; those before are torn down, and may throw then', async () => {
    write(
      'one.mjs',
      "export const setup = () => say('up'); export const teardown = () => { say('down'); throw new RangeError('x'); };",
    );
    write(
      'bad.mjs',
      "export const setup = () => { throw new RangeError('no'); }; export const teardown = () => say('never');",
    );
    const preloads = await load('one.mjs', 'bad.mjs', 'one.mjs');
    await expect(preloads.setup('s')).rejects.toMatchObject({
      code: 'GRID_PLUGINS_PRELOAD_FAILED',
      details: { preload: 'bad.mjs' },
    });
    expect(told).toEqual(['up', 'down']);
    await preloads.teardown('s');
    expect(told).toHaveLength(2);
  });

  it.each([['nowhere.mjs'], ['no-such-package'], ['./empty.mjs'], ['./broken.mjs']])(
    'that are %s say so',
    async (name) => {
      write('empty.mjs', 'export const x = 1;');
      write('broken.mjs', 'export const = ;');
      await expect(load(name)).rejects.toMatchObject({
        code: 'GRID_PLUGINS_PRELOAD_FAILED',
        details: { preload: name },
      });
    },
  );
});
