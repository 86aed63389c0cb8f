import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Future } from '@grid/client';
import fc from 'fast-check';

import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

const WORKERS = 3;
/** Beyond what travels in a message together with others. */
const LARGE = 50_000;

interface Step {
  /** How far back the tasks are that this one needs. */
  readonly distances: readonly number[];
  readonly isLarge: boolean;
  readonly isWanted: boolean;
}

interface Loss {
  /** How many tasks have to be done before it. */
  readonly after: number;
  readonly victim: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly isReplaced: boolean;
}

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ nWorkers: WORKERS, memoryLimit: '1 GiB', nanny: false });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** A number that depends on all inputs and their order, repeated `length` times. */
async function mix(id: number, length: number, inputs: readonly Float64Array[]): Promise<Float64Array> {
  let sum = id + 1;
  for (const input of inputs) sum = (sum * 31 + (input[input.length - 1] ?? 0)) % 1_000_003;
  // Long enough for a worker to be in the middle of something when it is lost.
  await new Promise((resolve) => setTimeout(resolve, 2));
  return new Float64Array(length).fill(sum);
}

function inputsOf(steps: readonly Step[], id: number): number[] {
  const inputs = (steps[id]?.distances ?? []).map((distance) => id - 1 - distance);
  return [...new Set(inputs.filter((input) => input >= 0))];
}

function expectedValues(steps: readonly Step[]): number[] {
  const values: number[] = [];
  for (const id of steps.keys()) {
    values.push(inputsOf(steps, id).reduce((sum, input) => (sum * 31 + (values[input] ?? 0)) % 1_000_003, id + 1));
  }
  return values;
}

function submitAll(steps: readonly Step[]): Future<Float64Array>[] {
  const futures: Future<Float64Array>[] = [];
  for (const [id, { isLarge }] of steps.entries()) {
    const inputs = inputsOf(steps, id).map((input) => futures[input]);
    futures.push(rig.client.submit(mix, [id, isLarge ? LARGE : 1, inputs as never], { pure: false }));
  }
  return futures;
}

/** Ends workers whenever as many tasks are done as the plan says. */
async function loseWorkers(futures: readonly Future<unknown>[], losses: readonly Loss[]): Promise<void> {
  let done = 0;
  for await (const _ of rig.client.asCompleted(futures, { timeout: 20_000 })) {
    done += 1;
    for (const { after, victim, signal, isReplaced } of losses) {
      if (after !== done) continue;
      const workers = [...rig.cluster.workers];
      const [name, { pid }] = workers[victim % workers.length] ?? ['', { pid: null }];
      if (pid === null) continue;
      process.kill(pid, signal);
      await until('the cluster has noticed', () => !rig.cluster.workers.has(name));
      if (isReplaced || rig.cluster.workers.size === 0) await rig.cluster.scale(WORKERS);
    }
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  distances: fc.array(fc.nat({ max: 15 }), { maxLength: 3 }),
  isLarge: fc.boolean(),
  isWanted: fc.boolean(),
});

const loss: fc.Arbitrary<Loss> = fc.record({
  after: fc.integer({ min: 1, max: 30 }),
  victim: fc.nat({ max: WORKERS - 1 }),
  signal: fc.constantFrom('SIGKILL', 'SIGTERM'),
  isReplaced: fc.boolean(),
});

describe('workers that come and go', () => {
  it('change no result of any graph, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60 }),
        fc.array(loss, { minLength: 1, maxLength: 3 }),
        async (steps, losses) => {
          await rig.cluster.scale(WORKERS);
          const futures = submitAll(steps);
          const wanted = futures.filter((_, id) => steps[id]?.isWanted);
          const expected = expectedValues(steps).filter((_, id) => steps[id]?.isWanted);
          for (const [id, future] of futures.entries()) if (!steps[id]?.isWanted) future.release();
          await loseWorkers(wanted, losses);
          const results = await rig.client.gather(wanted, { timeout: 20_000 });
          for (const future of wanted) future.release();
          expect(results.map((values) => values[values.length - 1])).toEqual(expected);
          await until('the scheduler has forgotten all tasks', async () => {
            const { tasks } = await rig.client.schedulerInfo();
            return Object.values(tasks).every((count) => count === 0);
          });
        },
      ),
      // Shrinking would take minutes: the seed is enough to begin with.
      { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
    );
  });
});
