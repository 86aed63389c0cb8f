import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ExecutorMap, type ExecutorMapOptions } from './executor-map.js';

/** Items that take so many turns of the event loop, or fail; and how many of them ran at a time. */
class Workload {
  most = 0;
  #active = 0;

  readonly run = async (item: { readonly turns: number; readonly fails: boolean }): Promise<number> => {
    this.#active += 1;
    this.most = Math.max(this.most, this.#active);
    for (let turn = 0; turn < item.turns; turn += 1) await Promise.resolve();
    this.#active -= 1;
    if (item.fails) throw new RangeError(String(item.turns));
    return item.turns;
  };
}

const turns = fc.nat({ max: 20 });
const options = fc.record({ concurrency: fc.integer({ min: 1, max: 5 }), ordered: fc.boolean() });

async function drain(map: ExecutorMap<number>): Promise<{ results: number[]; error: unknown }> {
  const results: number[] = [];
  try {
    for await (const result of map) results.push(result);
  } catch (error) {
    return { results, error };
  }
  return { results, error: undefined };
}

describe('a map', () => {
  it('gives each result once, in order if it is to, with no more under way than it may have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turns), options, async (items, chosen) => {
        const workload = new Workload();
        const source = items.map((each) => ({ turns: each, fails: false }));
        const { results, error } = await drain(new ExecutorMap(source, chosen, workload.run));
        expect(error).toBeUndefined();
        expect(workload.most).toBeLessThanOrEqual(chosen.concurrency);
        const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
        expect(chosen.ordered ? results : sorted(results)).toEqual(chosen.ordered ? items : sorted(items));
      }),
    );
  });

  it('gives what succeeded and then all errors, if errors do not stop it', async () => {
    const item = fc.record({ turns, fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(item), options, async (items, chosen) => {
        const keepsOn: ExecutorMapOptions & { concurrency: number } = { ...chosen, ordered: true, stopOnError: false };
        const { results, error } = await drain(new ExecutorMap(items, keepsOn, new Workload().run));
        expect(results).toEqual(items.filter(({ fails }) => !fails).map((each) => each.turns));
        const failed = items.filter(({ fails }) => fails);
        if (failed.length === 0) expect(error).toBeUndefined();
        else expect((error as AggregateError).errors).toHaveLength(failed.length);
      }),
    );
  });

  it('fails with what the source of its items throws', async () => {
    function* items(): Generator<{ turns: number; fails: boolean }> {
      yield { turns: 1, fails: false };
      throw new TypeError('no more');
    }
    const { error } = await drain(new ExecutorMap(items(), { concurrency: 2 }, new Workload().run));
    expect(error).toEqual(new TypeError('no more'));
  });

  it('gives the same results however often it is awaited', async () => {
    const map = new ExecutorMap([{ turns: 3, fails: false }], { concurrency: 1 }, new Workload().run);
    expect([await map, await map]).toEqual([[3], [3]]);
  });
});
