import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import { callSpec, GraphBuilder, refTo, runSync, TaskGraph, type TaskOutcome } from '@grid/graph';
import { arbitraryGraph, treeReduceDag } from '@grid/graph/testing';
import fc from 'fast-check';

import { startRig, type Rig } from './support/start-cluster.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** What the cluster makes of every task of a graph, in the words of the oracle. */
async function outcomesOnCluster(graph: TaskGraph): Promise<Map<string, unknown>> {
  const keys = [...graph.keys()];
  const futures = rig.client.submitGraph(graph, keys);
  try {
    await rig.client.wait(futures, { timeout: 20_000 });
    const outcomes = await Promise.all(
      futures.map(async (future) =>
        future.status === 'error'
          ? { failed: ((await future.exception()) as Error).message }
          : { value: await future.result() },
      ),
    );
    return new Map(keys.map((key, index) => [key as string, outcomes[index]]));
  } finally {
    for (const future of futures) future.release();
  }
}

/**
 * What a cluster may make of every task, in the words of {@link outcomesOnCluster}. A task that cannot run since tasks
 * it needs failed shows the error of the one that failed first, and which one that is depends on the order in which
 * they ran: any of them is right.
 */
function outcomesAllowed(graph: TaskGraph, outcomes: ReadonlyMap<string, TaskOutcome>): Map<string, unknown[]> {
  const allowed = new Map<string, unknown[]>();
  const of = (key: string): unknown[] => {
    const known = allowed.get(key);
    if (known !== undefined) return known;
    const outcome = outcomes.get(key)!;
    const inherited = graph
      .dependencies(asKey(key))
      .filter((dependency) => outcomes.get(dependency)!.status === 'erred')
      .flatMap(of);
    const own = outcome.status === 'erred' ? { failed: (outcome.error as Error).message } : { value: outcome.value };
    allowed.set(key, inherited.length > 0 ? inherited : [own]);
    return allowed.get(key)!;
  };
  for (const key of outcomes.keys()) of(key);
  return allowed;
}

/** The functions of drawn graphs are private to their package, which workers cannot look into. These do the same. */
const STAND_INS: Readonly<Record<string, (id: number, inputs: unknown) => unknown>> = {
  sync: (id, inputs) => mix(id, inputs),
  async: async (id, inputs) => Promise.resolve(mix(id, inputs)),
  failing: (id) => {
    throw new RangeError(`t-${String(id)} failed`);
  },
};

/** A number that depends on all numbers in `inputs` and on their order. */
function mix(id: number, inputs: unknown): number {
  return numbersIn(inputs).reduce((sum, number) => (sum * 31 + number) % 1_000_003, id + 1);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const isList = value instanceof Map || value instanceof Set || Array.isArray(value);
  return (isList ? [...value.values()] : Object.values(value)).flatMap(numbersIn);
}

/** Keys of their own for each run: the same key with another function would be another task of the same name. */
function renamed(graph: TaskGraph, run: number): TaskGraph {
  const name = (key: string): string => `run-${String(run)}-${key}`;
  const builder = new GraphBuilder();
  const rename = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('key' in value && graph.has((value as { key: never }).key))
      return refTo(asKey(name((value as { key: string }).key)));
    if (Array.isArray(value)) return value.map(rename);
    if (value instanceof Map) return new Map(Array.from(value, ([key, element]) => [key, rename(element)] as const));
    if (value instanceof Set) return new Set(Array.from(value, rename));
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, rename(element)]));
  };
  for (const spec of graph) {
    if (spec.kind === 'data') builder.data(name(spec.key), rename(spec.value));
    else
      builder.addAll([
        callSpec(name(spec.key), STAND_INS[spec.fn.name] as never, rename(spec.args) as never, spec.options),
      ]);
  }
  return builder.build();
}

describe('a graph on a cluster', () => {
  it('has the results and the errors that running it here, task by task, may have', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryGraph(fc, { tasksMax: 25, failing: true }), async (drawn) => {
        run += 1;
        const graph = renamed(drawn, run);
        const expected = await runSync(graph, [...graph.keys()]);
        const actual = await outcomesOnCluster(graph);
        for (const [key, allowed] of outcomesAllowed(graph, expected))
          expect({ key, allowed }).toEqual({ key, allowed: expect.arrayContaining([actual.get(key)]) });
      }),
      { numRuns: 25 },
    );
  });

  it('computes a wide and deep reduction', async () => {
    const { dependencies } = treeReduceDag(512, 4);
    const builder = new GraphBuilder();
    dependencies.forEach((inputs, id) => {
      const key = `reduce-${String(id)}`;
      const refs = inputs.map((input) => refTo<number>(asKey(`reduce-${String(input)}`)));
      if (refs.length === 0) builder.call(key, (n: number) => n, [id]);
      else builder.call(key, (xs: number[]) => xs.reduce((a, b) => a + b, 0), [refs]);
    });
    const last = asKey(`reduce-${String(dependencies.length - 1)}`);
    expect(await rig.client.compute(builder.build(), [last])).toEqual([(511 * 512) / 2]);
  });

  it('computes a long chain', async () => {
    const builder = new GraphBuilder();
    let link = builder.data('chain-0', 0);
    for (let step = 1; step <= 300; step += 1)
      link = builder.call(`chain-${String(step)}`, (x: number) => x + 1, [link]);
    expect(await rig.client.compute(builder.build(), [link.key])).toEqual([300]);
  });

  it('gives all wanted keys, also an alias and one that was asked for twice', async () => {
    const builder = new GraphBuilder();
    const one = builder.call('one-of-them', () => 1, []);
    const same = builder.alias('the-same', one);
    expect(await rig.client.compute(builder.build(), [one.key, same.key, one.key])).toEqual([1, 1, 1]);
  });

  it('is refused when tasks need each other in a circle, with the path', () => {
    const spec = (key: string, needs: string): Parameters<typeof TaskGraph.of>[0] => [
      callSpec(key, (x: number) => x, [refTo<number>(asKey(needs))]),
    ];
    const graph = TaskGraph.of([...spec('a', 'b'), ...spec('b', 'c'), ...spec('c', 'a')]);
    expect(() => rig.client.submitGraph(graph, [asKey('a')])).toThrow(
      expect.objectContaining({
        code: 'GRID_GRAPH_CYCLE',
        details: expect.objectContaining({ path: expect.arrayContaining(['a', 'b', 'c']) }),
      }),
    );
  });

  it('is refused when a task needs a key that nobody has', () => {
    const graph = TaskGraph.of([callSpec('needy', (x: number) => x, [refTo<number>(asKey('nobody-has-this'))])]);
    expect(() => rig.client.submitGraph(graph, [asKey('needy')])).toThrow(
      expect.objectContaining({ code: 'GRID_GRAPH_MISSING_KEY', message: expect.stringContaining('nobody-has-this') }),
    );
  });
});
