import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TestFolder } from '../../testing/test-folder.js';
import { createLocalDirectory, removeStaleDirectories } from './local-directory.js';

/** The kernel gives no process a number as large as this. */
const NOBODY = 2 ** 30;

let place: TestFolder;
let above: string;

/** A folder as a worker has it. */
function folderOf(pid: number, host = hostname()): string {
  const path = join(above, `worker-${host}-${String(pid)}-abc`);
  mkdirSync(path, { recursive: true });
  return path;
}

beforeEach(async () => {
  place = new TestFolder();
  above = join(await createLocalDirectory(place.path), '..');
});

afterEach(() => place[Symbol.dispose]());

describe.each([
  ['a worker that starts', (): Promise<unknown> => removeStaleDirectories(place.path)],
  ['a worker that makes its folder', (): Promise<unknown> => createLocalDirectory(place.path)],
])('%s', (_, act) => {
  it('removes what dead workers of this machine left behind, and nothing else', async () => {
    const dead = folderOf(NOBODY);
    const kept = [folderOf(process.pid), folderOf(NOBODY, 'another-machine'), join(above, 'something-else')];
    mkdirSync(kept[2] as string);
    await act();
    expect(existsSync(dead)).toBe(false);
    expect(kept.map((path) => existsSync(path))).toEqual([true, true, true]);
  });
});

describe('removeStaleDirectories', () => {
  it('leaves everything as it is where others may write', async () => {
    const dead = folderOf(NOBODY);
    chmodSync(above, 0o777);
    await removeStaleDirectories(place.path);
    expect(existsSync(dead)).toBe(true);
  });

  it('makes nothing where nothing is', async () => {
    using empty = new TestFolder();
    await removeStaleDirectories(empty.path);
    expect(readdirSync(empty.path)).toEqual([]);
  });
});
