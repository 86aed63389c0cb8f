import type { Client, Future } from '@grid/client';
import fc from 'fast-check';

/** Numbers of a result that does not travel together with others. */
const LARGE = 50_000;
const MODULUS = 1_000_003;

interface Step {
  /** How far back the tasks are that this one needs. */
  readonly distances: readonly number[];
  readonly isLarge: boolean;
  readonly isWanted: boolean;
  /** Milliseconds that it takes. */
  readonly takesMs: number;
}

/** Tasks of any shape, and what each has to come to. */
export type MixedGraph = readonly Step[];

export const mixedGraph: fc.Arbitrary<MixedGraph> = fc.array(
  fc.record({
    distances: fc.array(fc.nat({ max: 15 }), { maxLength: 3 }),
    isLarge: fc.boolean(),
    isWanted: fc.boolean(),
    takesMs: fc.integer({ min: 0, max: 25 }),
  }),
  { minLength: 40, maxLength: 100, size: 'max' },
);

/** What was submitted, and what has to come of it. */
export interface Submitted {
  readonly wanted: Future<Float64Array>[];
  readonly expected: number[];
}

/** Submits all, and lets go of what nobody wants. */
export function submitGraph(client: Client, graph: MixedGraph): Submitted {
  const futures: Future<Float64Array>[] = [];
  for (const [id, { isLarge, takesMs }] of graph.entries()) {
    const inputs = inputsOf(graph, id).map((input) => futures[input]);
    futures.push(client.submit(mix, [id, isLarge ? LARGE : 1, takesMs, inputs as never], { pure: false }));
  }
  const values = valuesOf(graph);
  for (const [id, future] of futures.entries()) if (!graph[id]?.isWanted) future.release();
  return {
    wanted: futures.filter((_, id) => graph[id]?.isWanted),
    expected: values.filter((_, id) => graph[id]?.isWanted),
  };
}

/** What each of the results says, and then nobody wants them any more. */
export async function collect(client: Client, { wanted }: Submitted, timeout: number): Promise<number[]> {
  const results = await client.gather(wanted, { timeout });
  for (const future of wanted) future.release();
  return results.map((values) => values.at(-1) ?? NaN);
}

/** A number that depends on all inputs and their order, repeated `length` times. */
async function mix(
  id: number,
  length: number,
  takesMs: number,
  inputs: readonly Float64Array[],
): Promise<Float64Array> {
  let sum = id + 1;
  for (const input of inputs) sum = (sum * 31 + (input[input.length - 1] ?? 0)) % 1_000_003;
  await new Promise((resolve) => setTimeout(resolve, takesMs));
  return new Float64Array(length).fill(sum);
}

function inputsOf(graph: MixedGraph, id: number): number[] {
  const inputs = (graph[id]?.distances ?? []).map((distance) => id - 1 - distance);
  return [...new Set(inputs.filter((input) => input >= 0))];
}

function valuesOf(graph: MixedGraph): number[] {
  const values: number[] = [];
  for (const id of graph.keys()) {
    values.push(inputsOf(graph, id).reduce((sum, input) => (sum * 31 + (values[input] ?? 0)) % MODULUS, id + 1));
  }
  return values;
}
