import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from '@jest/globals';

import { LeakCheck } from './support/leak-check.js';

describe('a leak check', () => {
  it('finds nothing where nothing is', async () => {
    using check = LeakCheck.begin();
    await check.expectNothingLeft();
  });

  it('finds a process whose parent is gone', async () => {
    using check = LeakCheck.begin();
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref()`,
      ],
      { env: process.env },
    );
    await new Promise((resolve) => parent.once('close', resolve));
    expect(check.leaks()).toContainEqual(expect.stringMatching(/^process \d+: .*setInterval/));
  });

  it('finds a thread', async () => {
    using check = LeakCheck.begin();
    const thread = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await new Promise((resolve) => thread.once('online', resolve));
    expect(check.leaks()).toContainEqual(expect.stringMatching(/^thread /));
    await thread.terminate();
    await check.expectNothingLeft();
  });

  it('finds a socket that listens', async () => {
    using check = LeakCheck.begin();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(check.leaks()).toEqual([
      expect.stringMatching(/^descriptor socket/),
      expect.stringMatching(/^handle TCPServerWrap/),
    ]);
    await new Promise((resolve) => server.close(resolve));
    await check.expectNothingLeft();
  });

  it('finds a timer', async () => {
    using check = LeakCheck.begin();
    const timer = setInterval(() => {}, 1000);
    expect(check.leaks()).toEqual([expect.stringMatching(/^handle Timeout/)]);
    clearInterval(timer);
    await check.expectNothingLeft();
  });

  it('finds a file in the folder for temporary ones', async () => {
    using check = LeakCheck.begin();
    const child = spawn(
      process.execPath,
      ['-e', `require('node:fs').writeFileSync(require('node:path').join(require('node:os').tmpdir(), 'spilled'), '')`],
      { env: process.env },
    );
    await new Promise((resolve) => child.once('close', resolve));
    expect(check.leaks()).toContain(`file ${join(check.folder, 'spilled')}`);
  });

  it('finds shared memory', async () => {
    using check = LeakCheck.begin();
    const file = `/dev/shm/grid-leak-check-${String(process.pid)}`;
    writeFileSync(file, 'x');
    expect(check.leaks()).toEqual([expect.stringMatching(/^shared memory grid-leak-check/)]);
    rmSync(file);
    await check.expectNothingLeft();
  });
});
