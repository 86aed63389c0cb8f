import { fileURLToPath } from 'node:url';

import { Program } from '@grid/integration-tests/support/program.js';
import { Tally } from '@grid/integration-tests/support/tally.js';
import { TempFolder } from '@grid/integration-tests/support/temp-folder.js';
import { describe, expect, it } from '@jest/globals';

import { LeakCheck } from './support/leak-check.js';

const ENV = { GRID_TOKEN: 'a-token-of-this-test-that-is-long-enough-0123456789' };
const WORKER = ['--nthreads', '1', '--no-dashboard', '--print-address-json', '--memory-limit', '1 GiB'];
// Nobody waits for another scheduler here.
WORKER.push('--scheduler-reconnect-timeout', '0s');
const SCHEDULER = ['--no-dashboard', '--print-address-json'];

/** Programs of a cluster, each a process of its own, so that each can be lost alone. */
class Parts implements AsyncDisposable {
  readonly #programs: Program[] = [];

  add(program: Program): Program {
    this.#programs.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.toReversed()) await program[Symbol.asyncDispose]();
  }
}

interface Outcome {
  readonly outcomes: readonly string[];
  readonly client: string;
}

describe('a scheduler that is killed in the middle of a computation', () => {
  it('leaves no future waiting, no worker, and nothing else behind', async () => {
    using check = LeakCheck.begin();
    using folder = new TempFolder();
    const tally = new Tally(folder.file('tally'));
    {
      await using parts = new Parts();
      const scheduler = parts.add(Program.binary('scheduler', ['--port', '0', ...SCHEDULER], ENV));
      const { address } = await scheduler.firstJson<{ address: string }>();
      const workers = [1, 2].map(() => parts.add(Program.binary('worker', [address, ...WORKER], ENV)));
      for (const worker of workers) await worker.firstJson();
      const fixture = fileURLToPath(new URL('fixtures/lose-the-scheduler.mjs', import.meta.url));
      const client = parts.add(new Program(fixture, [address, tally.file], ENV));
      await client.firstJson();

      scheduler.kill('SIGKILL');

      expect(await client.ends(15_000)).toEqual({ code: 0, signal: null });
      const outcome = JSON.parse(client.stdout.trim().split('\n')[1] ?? '') as Outcome;
      expect(outcome.outcomes).toEqual(new Array(4).fill('GRID_CLIENT_SCHEDULER_LOST'));
      expect(tally.count).toBe(4);
      for (const worker of workers) expect(await worker.ends(15_000)).toEqual({ code: 5, signal: null });
    }
    await check.expectNothingLeft();
  });
});
