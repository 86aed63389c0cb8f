import type { Key } from '@grid/common';
import type { CallSpec, DataSpec, RunSpec } from './run-spec.js';
import { substituteArgs, substituteRefs, type ResolveRef } from './substitute-refs.js';
import { TaskGraph } from './task-graph.js';

/** Which data goes into the arguments of its users. */
export interface InlineOptions {
  /** Keys whose results somebody asks for; each stays a task. @defaultValue none */
  readonly wanted?: Iterable<Key>;
  /**
   * Tells whether a literal is to be inlined. It is copied into each of its users.
   *
   * @defaultValue numbers, booleans, `null`, `undefined`, bigints and strings of at most 256 characters
   */
  readonly isSmall?: (value: unknown) => boolean;
}

const STRING_LENGTH_MAX = 256;

/**
 * Puts small literals directly into the arguments of the tasks that need them, and drops their tasks. Data that holds
 * references stays, and so does data that nobody in the graph uses.
 */
export function inlineLiterals(
  graph: TaskGraph,
  { wanted = [], isSmall = isSmallPrimitive }: InlineOptions = {},
): TaskGraph {
  const kept = new Set(wanted);
  const dependents = graph.dependents();
  const inlined = new Map<Key, DataSpec>();
  for (const spec of graph) {
    if (spec.kind !== 'data' || kept.has(spec.key) || !isSmall(spec.value)) continue;
    if (graph.dependencies(spec.key).length === 0 && (dependents.get(spec.key)?.length ?? 0) > 0)
      inlined.set(spec.key, spec);
  }
  if (inlined.size === 0) return graph;
  const resolve: ResolveRef = (ref) => {
    const literal = inlined.get(ref.key);
    return literal === undefined ? ref : literal.value;
  };
  const specs: RunSpec[] = [];
  for (const spec of graph) {
    if (inlined.has(spec.key)) continue;
    specs.push(graph.dependencies(spec.key).some((key) => inlined.has(key)) ? withRefs(spec, resolve) : spec);
  }
  return TaskGraph.of(specs);
}

function withRefs(spec: RunSpec, resolve: ResolveRef): RunSpec {
  if (spec.kind === 'data') return { ...spec, value: substituteRefs(spec.value, resolve) } satisfies DataSpec;
  return { ...spec, args: substituteArgs(spec.args, resolve) } satisfies CallSpec;
}

function isSmallPrimitive(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= STRING_LENGTH_MAX;
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
