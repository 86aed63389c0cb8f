import type FastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { GraphBuilder } from '../graph-builder.js';
import { refTo } from '../task-ref.js';
import { keyOf } from '../key.js';
import type { TaskGraph } from '../task-graph.js';
import type { Dag } from './dag.js';

/** How large drawn graphs get. */
export interface ArbitraryDagOptions {
  /** @defaultValue 30 */
  readonly tasksMax?: number;
  /** Dependencies of one task. @defaultValue 4 */
  readonly dependenciesMax?: number;
}

/**
 * Draws shapes without circles, in which a task may need tasks with lower numbers only. Shrinks to fewer tasks with
 * fewer dependencies.
 *
 * @param fc - The caller's fast-check; this package does not bring one.
 */
export function arbitraryDag(fc: typeof FastCheck, options: ArbitraryDagOptions = {}): Arbitrary<Dag> {
  const { tasksMax = 30, dependenciesMax = 4 } = options;
  // Distances backwards rather than ids: they stay meaningful when tasks before them are shrunk away.
  const distances = fc.uniqueArray(fc.nat({ max: tasksMax }), { maxLength: dependenciesMax });
  return fc.array(distances, { maxLength: tasksMax }).map((tasks) => ({
    dependencies: tasks.map((list, id) =>
      list.map((distance) => id - 1 - distance).filter((dependency) => dependency >= 0),
    ),
  }));
}

/** How drawn graphs behave. */
export interface ArbitraryGraphOptions extends ArbitraryDagOptions {
  /** Also draw tasks that throw. @defaultValue false */
  readonly failing?: boolean;
}

/**
 * Draws graphs that can run. Task `i` has the key `t-i`; its result is a number made of `i` and the numbers it needs,
 * so that a wrong or lost argument shows. References stand in lists, objects, Maps and Sets, also nested; some tasks
 * are async, some are data. With `failing`, some throw an error whose message is `t-i failed`.
 *
 * @param fc - The caller's fast-check; this package does not bring one.
 */
export function arbitraryGraph(fc: typeof FastCheck, options: ArbitraryGraphOptions = {}): Arbitrary<TaskGraph> {
  const kinds: readonly TaskKind[] = options.failing === true ? [...SOUND_KINDS, 'failing'] : SOUND_KINDS;
  const traits = fc.array(fc.record({ kind: fc.constantFrom(...kinds), nesting: fc.nat({ max: 4 }) }), {
    minLength: options.tasksMax ?? 30,
    maxLength: options.tasksMax ?? 30,
  });
  return fc.tuple(arbitraryDag(fc, options), traits).map(([dag, drawn]) => graphOf(dag, drawn));
}

const SOUND_KINDS = ['sync', 'async', 'data'] as const;

type TaskKind = (typeof SOUND_KINDS)[number] | 'failing';

interface TaskTraits {
  readonly kind: TaskKind;
  readonly nesting: number;
}

function graphOf({ dependencies }: Dag, traits: readonly TaskTraits[]): TaskGraph {
  const builder = new GraphBuilder();
  dependencies.forEach((list, id) => {
    const { kind, nesting } = traits[id] ?? { kind: 'sync', nesting: 0 };
    const key = `t-${String(id)}`;
    const refs = list.map((dependency) => refTo(keyOf(`t-${String(dependency)}`)));
    if (kind === 'data') builder.data(key, nested(refs, nesting));
    else builder.call<[number, unknown], unknown>(key, FUNCTIONS[kind], [id, nested(refs, nesting)]);
  });
  return builder.build();
}

function nested(refs: readonly unknown[], nesting: number): unknown {
  if (nesting === 1) return Object.fromEntries(refs.map((ref, index) => [`r${String(index)}`, ref]));
  if (nesting === 2) return new Map(refs.map((ref, index) => [index, ref]));
  if (nesting === 3) return new Set(refs);
  if (nesting === 4) return refs.map((ref) => ({ deep: [ref] }));
  return refs;
}

const FUNCTIONS = {
  sync: (id: number, inputs: unknown): number => mix(id, inputs),
  // A turn of the event loop is not needed to tell async from sync; a promise is.
  async: (id: number, inputs: unknown): Promise<number> => Promise.resolve(mix(id, inputs)),
  failing: (id: number): never => {
    throw new RangeError(`t-${String(id)} failed`);
  },
};

/** A number that depends on all numbers in `inputs` and on their order. */
function mix(id: number, inputs: unknown): number {
  let sum = id + 1;
  for (const number of numbersIn(inputs)) sum = (sum * 31 + number) % 1_000_003;
  return sum;
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const children =
    value instanceof Map || value instanceof Set || Array.isArray(value) ? [...value.values()] : Object.values(value);
  return children.flatMap(numbersIn);
}
