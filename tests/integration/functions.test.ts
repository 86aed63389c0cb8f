import { describe, expect, it } from '@jest/globals';

import { Program } from './support/program.js';
import { startRig } from './support/start-cluster.js';

/** How much larger a heap may be than before; caches have been filled then. */
const GROWTH_MAX = 1.1;

interface Heaps {
  readonly client: number;
  readonly scheduler: number;
  readonly worker: number;
  readonly thread: number;
}

/** For tasks: the names of the code that the thread has evaluated. */
async function evaluatedCode(): Promise<readonly string[]> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  const names: string[] = [];
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (params.url.startsWith('grid-task:')) names.push(params.url);
  });
  session.post('Debugger.enable');
  session.disconnect();
  return names;
}

describe('functions on a cluster', () => {
  it('leave no heap behind, though each is of a text of its own', async () => {
    await using program = Program.fixture('many-functions.mjs', ['14000', '10000']);
    const { before, after } = await program.firstJson<{ before: Heaps; after: Heaps }>(120_000);
    for (const place of ['client', 'scheduler', 'worker', 'thread'] as const) {
      expect([place, after[place] / before[place] < GROWTH_MAX]).toEqual([place, true]);
    }
  }, 150_000);

  it('share their code, which every thread evaluates once, on a worker that joins later too', async () => {
    await using rig = await startRig({ nWorkers: 1, threadsPerWorker: 2 });
    const { client, cluster } = rig;
    const adder =
      (k: number) =>
      (x: number): number =>
        x * 1000 + k;
    const resultsOf = async (workers: string): Promise<unknown[]> =>
      client.gather(
        Array.from({ length: 100 }, (_, i) => client.submit(adder(i), [1], { pure: false, workers: [workers] })),
      );
    const expected = Array.from({ length: 100 }, (_, i) => 1000 + i);
    expect(await resultsOf('0')).toEqual(expected);
    await cluster.scale(2);
    await client.waitForWorkers(2);
    expect(await resultsOf('1')).toEqual(expected);
    for (const worker of ['0', '1']) {
      const seen = await client.gather(
        Array.from({ length: 20 }, () => client.submit(evaluatedCode, [], { pure: false, workers: [worker] })),
      );
      // That of the closures, and that of the function which looks.
      expect(Math.max(...seen.map((names) => names.length))).toBe(2);
      expect(seen.every((names) => new Set(names).size === names.length)).toBe(true);
    }
  });
});
