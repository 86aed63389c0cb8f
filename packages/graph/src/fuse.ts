import { invariant, type Key } from '@grid/common';
import { collectRefs } from './collect-refs.js';
import { runFused, type FusedStep } from './run-fused.js';
import type { CallSpec, RunSpec } from './run-spec.js';
import { sameOptions } from './same-spec.js';
import { TaskGraph } from './task-graph.js';
import { isTaskRef } from './task-ref.js';
import { topologicalOrder } from './topological-order.js';

/**
 * Joins chains of calls into one task each: fewer tasks to schedule, and no results in between that would have to be
 * stored or moved. A chain has the key and the options of its last task, so that nothing else changes.
 *
 * Two calls are joined if the second is the only user of the first, which nobody else wants, both have the same
 * options, and the result is passed as a whole argument rather than inside of one.
 *
 * @param wanted - Keys whose results somebody asks for; each stays a task.
 * @throws {@link GraphError} `GRID_GRAPH_CYCLE`.
 */
export function fuse(graph: TaskGraph, wanted: Iterable<Key>): TaskGraph {
  const kept = new Set(wanted);
  const dependents = graph.dependents();
  /** Chains by the key of their last task so far. */
  const chains = new Map<Key, CallSpec[]>();
  const joined = new Set<Key>();
  for (const key of topologicalOrder(graph)) {
    const spec = graph.get(key);
    if (spec?.kind !== 'call') continue;
    const before = graph.dependencies(key).find((dependency) => {
      const first = graph.get(dependency);
      return (
        !kept.has(dependency) &&
        dependents.get(dependency)?.length === 1 &&
        first?.kind === 'call' &&
        canJoin(first, spec)
      );
    });
    const chain = before === undefined ? [] : (chains.get(before) ?? []);
    if (before !== undefined) {
      joined.add(before);
      chains.delete(before);
    }
    chain.push(spec);
    chains.set(key, chain);
  }
  if (joined.size === 0) return graph;
  const specs: RunSpec[] = [];
  for (const spec of graph) {
    if (joined.has(spec.key)) continue;
    const chain = chains.get(spec.key);
    specs.push(chain === undefined || chain.length === 1 ? spec : fuseChain(chain));
  }
  return TaskGraph.of(specs);
}

function canJoin(first: CallSpec, second: CallSpec): boolean {
  // A chain that was fused before is left alone: fusing twice then changes nothing.
  if (isFused(first) || isFused(second) || !sameOptions(first.options, second.options)) return false;
  return second.args.every((arg) => isTaskRef(arg) || !collectRefs(arg).includes(first.key));
}

function isFused(spec: CallSpec): boolean {
  return spec.fn === runFused;
}

function fuseChain(chain: readonly CallSpec[]): CallSpec {
  const last = chain.at(-1);
  invariant(last !== undefined, 'a chain has at least one task');
  return { kind: 'call', key: last.key, fn: runFused, args: [chain.map(stepOf)], options: last.options };
}

function stepOf(spec: CallSpec, index: number, chain: readonly CallSpec[]): FusedStep {
  const previous = chain[index - 1]?.key;
  const isPrevious = (arg: unknown): boolean => previous !== undefined && isTaskRef(arg) && arg.key === previous;
  return {
    fn: spec.fn,
    args: spec.args.map((arg) => (isPrevious(arg) ? undefined : arg)),
    previousAt: spec.args.flatMap((arg, place) => (isPrevious(arg) ? [place] : [])),
  };
}
