import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Future, LogEntry } from '@grid/client';
import { getClient, getTask } from '@grid/client/task';

import { Gate, holdAtGate, passGate } from './support/gate.js';
import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let client: Client;
let folder: TempFolder;
let files = 0;
const newFile = (): string => folder.file(`file-${String((files += 1))}`);

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig();
  ({ client } = rig);
}, 60_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const textsOf = (entries: readonly LogEntry[]): string[] => entries.map(({ source, text }) => `${source}: ${text}`);

/** The output of a task, once it is over. */
async function outputOf(future: Future<unknown>): Promise<string[]> {
  await client.wait([future]);
  return textsOf(await future.logs());
}

describe('the logs of a task', () => {
  it('have what it wrote to the console and to its log, in order, with time and worker', async () => {
    const before = Date.now();
    using future = client.submit(
      (name: string) => {
        console.log('hello %s', name);
        console.error('careful');
        getTask()?.log('step 1');
        getTask()?.log('step 2', 'debug');
        console.log({ rows: [1, 2] });
        process.stdout.write(Buffer.from('bytes\n'));
        return 1;
      },
      ['world'],
    );
    await future.result();
    const entries = await future.logs();
    expect(textsOf(entries)).toEqual([
      'stdout: hello world',
      'stderr: careful',
      'info: step 1',
      'debug: step 2',
      'stdout: { rows: [ 1, 2 ] }',
      'stdout: bytes',
    ]);
    for (const { key, worker, at } of entries) {
      expect(key).toBe(future.key);
      expect(Object.keys((await client.schedulerInfo()).workers)).toContain(worker);
      expect(at).toBeGreaterThan(before - 1000);
      expect(at).toBeLessThan(Date.now() + 1000);
    }
  });

  it('have what is written in parts as whole lines, also where the last one has no end', async () => {
    using future = client.submit(() => {
      for (const part of ['loa', 'ding', '\ndo', 'ne']) process.stdout.write(part);
      process.stderr.write('a\nb\n\nc');
    }, []);
    expect(await outputOf(future)).toEqual(['stdout: loading', 'stderr: a\nb\n', 'stdout: done', 'stderr: c']);
  });

  it('are each task’s own, though tasks of one thread take turns', async () => {
    const futures = client.map(
      async (name: string) => {
        for (let i = 0; i < 3; i += 1) {
          console.log(name, i);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
      ['a', 'b', 'c', 'd'],
    );
    await client.gather(futures);
    const outputs = await Promise.all(futures.map(async (future) => textsOf(await future.logs())));
    expect(outputs).toEqual(['a', 'b', 'c', 'd'].map((name) => [0, 1, 2].map((i) => `stdout: ${name} ${String(i)}`)));
    for (const future of futures) future.release();
  });

  it('are there while it still computes', async () => {
    const gate = new Gate(newFile());
    using future = client.submit(
      (file: string) => {
        console.log('begun');
        return holdAtGate(file, 7);
      },
      [gate.file],
    );
    await until('what the task wrote', async () => (await future.logs()).length > 0);
    expect([future.status, textsOf(await future.logs())]).toEqual(['pending', ['stdout: begun']]);
    gate.open();
    expect(await future.result()).toBe(7);
  });

  it('are there if it failed, from each attempt', async () => {
    using future = client.submit(
      () => {
        console.log('attempt');
        throw new RangeError('no');
      },
      [],
      { retries: 2 },
    );
    await rejection(future.result());
    expect(await outputOf(future)).toEqual(['stdout: attempt', 'stdout: attempt', 'stdout: attempt']);
  });

  it('outlive the worker', async () => {
    await using own = await startRig();
    using future = own.client.submit(
      (file: string) => {
        note(file, 'life');
        const lives = readFileSync(file, 'utf8').split('\n').length - 1;
        console.log('life', lives);
        if (lives > 1) return lives;
        // Ends only after the line has left the process.
        return new Promise<number>(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300));
      },
      [newFile()],
    );
    expect(await future.result()).toBe(2);
    const entries = await future.logs();
    expect(textsOf(entries)).toEqual(['stdout: life 1', 'stdout: life 2']);
    expect(new Set(entries.map(({ worker }) => worker)).size).toBe(2);
  });

  it('are bounded: the last are kept, and it is said that others are missing', async () => {
    using future = client.submit(
      (count: number) => {
        for (let i = 0; i < count; i += 1) console.log(`line ${String(i)} ${'x'.repeat(100)}`);
        return new Promise((resolve) => setTimeout(resolve, 1));
      },
      [60_000],
    );
    await future.result();
    const entries = await future.logs();
    expect(entries.length).toBeLessThanOrEqual(1001);
    expect(entries[0]?.text).toMatch(/^… \d+ pieces of output are missing here/);
    expect(entries.at(-1)?.text).toMatch(/left out here|^line 59999 /);
    expect(await client.submit((x: number) => x + 1, [1], { pure: false }).result()).toBe(2);
  });

  it('have a long text cut', async () => {
    using future = client.submit(() => console.log('é'.repeat(100_000)), []);
    await future.result();
    const [entry] = await future.logs();
    expect(entry?.text).toMatch(/^é{16384}… \(83616 characters more\)$/);
  });

  it('are gone with the last future', async () => {
    const print = (): void => console.log('once');
    const first = client.submit(print, [], { key: 'logs-again' });
    expect(await outputOf(first)).toEqual(['stdout: once']);
    first.release();
    await until('the task is forgotten', async () => {
      using again = client.submit(print, [], { key: 'logs-again' });
      const output = await outputOf(again);
      return output.length === 1;
    });
  });
});

describe('forwarded output', () => {
  it.each(['processes', 'threads'])('goes to the console of the program, once: a cluster of %s', async (kind) => {
    await using program = Program.fixture('print-from-tasks.mjs', [kind]);
    expect(await program.ends(30_000)).toMatchObject({ code: 0 });
    const forwarded = 'hello from a task\n{ deep: [ 1, { two: 2 } ] }\nrun\n';
    const chosen = '["chosen"]\n';
    // Tasks of a cluster in this process print here themselves.
    const all = `before\n${forwarded}after\nnot chosen\nchosen\n${chosen}`;
    expect(program.stdout).toBe(kind === 'threads' ? all : `${forwarded}${chosen}`);
    expect(program.stderr).toBe('careful\n');
  });

  it('comes from all tasks of the cluster, in the order of each', async () => {
    const entries: LogEntry[] = [];
    using forwarding = await client.forwardOutput({ write: (entry) => void entries.push(entry) });
    const futures = client.map((x: number) => [1, 2, 3].map((n) => console.log(x, n)).length, [10, 20, 30, 40]);
    await client.gather(futures);
    for (const future of futures) {
      const own = entries.filter(({ key }) => key === future.key);
      expect(textsOf(own)).toEqual(textsOf(await future.logs()));
    }
    expect(entries).toHaveLength(12);
    forwarding.unsubscribe();
  });

  it('does not come back to where it came from when a task forwards it', async () => {
    const gate = new Gate(newFile());
    const entries: LogEntry[] = [];
    using forwarding = await client.forwardOutput({ write: (entry) => void entries.push(entry) });
    using future = client.submit(async () => {
      const own = getClient();
      const ownForwarding = await own.forwardOutput();
      await own.submit(() => console.log('inner'), [], { pure: false }).result();
      console.log('outer');
      await passGate(gate.file, null);
      // What comes back is on the line before this answer, and what that leads to before the next.
      await own.submit(() => 1, [], { pure: false }).result();
      await own.submit(() => 2, [], { pure: false }).result();
      ownForwarding.unsubscribe();
    }, []);
    await until('it has been told', () => entries.some(({ text }) => text.includes('outer')));
    gate.open();
    await future.result();
    forwarding.unsubscribe();
    expect(textsOf(await future.logs())).toEqual(['stdout: outer']);
  });

  it('of a loop that prints keeps nobody else from working', async () => {
    let count = 0;
    using forwarding = await client.forwardOutput({ write: () => void (count += 1) });
    const endless = client.submit(async () => {
      for (;;) {
        for (let i = 0; i < 1000; i += 1) console.log(i);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }, []);
    await until('output', () => count > 10_000);
    const results = await client.gather(client.map((x: number) => x * 2, [1, 2, 3, 4, 5]));
    expect(results).toEqual([2, 4, 6, 8, 10]);
    endless.cancel();
    forwarding.unsubscribe();
    expect(client.status).toBe('running');
  });
});
