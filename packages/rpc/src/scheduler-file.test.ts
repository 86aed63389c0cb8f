import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readSchedulerFile, removeSchedulerFile, writeSchedulerFile } from './scheduler-file.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grid-scheduler-file-'));
  file = join(folder, 'scheduler.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = { timeoutMs: 0 };

describe('a scheduler file', () => {
  it('holds the address, and nothing is left beside it', async () => {
    writeSchedulerFile(file, { address: 'tcp://a:1', pid: 5 });
    writeSchedulerFile(file, { address: 'tcp://b:2' });
    expect(await readSchedulerFile(file, NOW)).toBe('tcp://b:2');
    expect(readdirSync(folder)).toEqual(['scheduler.json']);
  });

  it('is waited for, while it is not there and while it is cut off', async () => {
    const reading = readSchedulerFile(file, { timeoutMs: 10_000 });
    writeFileSync(file, '{ "address": "tcp:');
    await new Promise((resolve) => setImmediate(resolve));
    writeSchedulerFile(file, { address: 'tcp://a:1' });
    expect(await reading).toBe('tcp://a:1');
  });

  it.each([
    ['missing', null],
    ['no JSON', 'tcp://a:1'],
    ['without an address', '{}'],
    ['null', 'null'],
  ])('that is %s is an error with its name', async (_what, text) => {
    if (text !== null) writeFileSync(file, text);
    await expect(readSchedulerFile(file, NOW)).rejects.toMatchObject({
      code: 'GRID_RPC_SCHEDULER_FILE',
      details: { file },
    });
  });

  it('is looked for until a signal fires', async () => {
    const controller = new AbortController();
    const reading = readSchedulerFile(file, { timeoutMs: 60_000, signal: controller.signal });
    controller.abort(new RangeError('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('goes with its scheduler, unless it is of another one', () => {
    const own = { address: 'tcp://a:1' };
    writeSchedulerFile(file, { address: 'tcp://b:2' });
    removeSchedulerFile(file, own);
    expect(readFileSync(file, 'utf8')).toContain('tcp://b:2');
    writeSchedulerFile(file, own);
    removeSchedulerFile(file, own);
    removeSchedulerFile(file, own);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('cannot be written where there is no folder', () => {
    const error = expect.objectContaining({ code: 'GRID_RPC_SCHEDULER_FILE' });
    expect(() => writeSchedulerFile(join(folder, 'no/where'), { address: 'x' })).toThrow(error);
  });
});
