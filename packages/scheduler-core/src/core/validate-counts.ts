import { invariant } from '@grid/common';

import type { GraphBlock } from './graph-block.js';
import { allowedWorkers } from './placement/restrictions.js';
import { comparePriority } from './records.js';
import type { SchedulerState } from './scheduler-state.js';

/** Checks what is counted, and what is listed in an order, against the tasks themselves: S22 to S24 of {@link SchedulerState}. */
export function validateCounts(state: SchedulerState): void {
  const groups = new Map<object, number>();
  const graphs = new Map<GraphBlock, number>();
  const add = <Owner extends object>(counts: Map<Owner, number>, owner: Owner): void => {
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  };
  for (const [, { group, graph }] of state.tasks.entries()) {
    add(groups, group);
    add(groups, group.prefix);
    if (graph !== null) add(graphs, graph);
  }
  for (const group of [...state.groups.values(), ...state.prefixes.values()]) {
    const size = groups.get(group) ?? 0;
    invariant(group.size === size, `S22: ${group.name} counts ${String(group.size)} tasks, has ${String(size)}`);
  }
  for (const [graph, size] of graphs) {
    // One more for as long as it is being taken in.
    const isRight = graph.liveCount === size || graph.liveCount === size + 1;
    invariant(isRight, `S22: graph ${String(graph.graphId)} counts ${String(graph.liveCount)}, has ${String(size)}`);
  }
  validatePrefixCounts(state);
  validateOrder(state);
}

function validatePrefixCounts(state: SchedulerState): void {
  for (const { processing, prefixCounts, about } of state.workers) {
    const counts: number[] = [];
    for (const { group, isLongRunning } of processing) {
      if (!isLongRunning) counts[group.prefix.number] = (counts[group.prefix.number] ?? 0) + 1;
    }
    for (let number = 0; number < Math.max(counts.length, prefixCounts.length); number += 1) {
      const isRight = (counts[number] ?? 0) === (prefixCounts[number] ?? 0);
      invariant(isRight, `S22: ${about.address} counts its tasks of prefix ${String(number)}`);
    }
  }
}

function validateOrder(state: SchedulerState): void {
  const first = state.queue.peek();
  for (const task of state.queue.values()) {
    const isBehind = first !== undefined && comparePriority(first, task) <= 0;
    invariant(isBehind, `S23: ${task.key} comes before ${first?.key ?? 'nothing'}, which is the first in the queue`);
  }
  for (const task of state.unrunnable.keys()) {
    const able = (allowedWorkers(state, task) ?? state.workers).find(({ status }) => status === 'running');
    invariant(able === undefined, `S24: ${able?.about.address ?? ''} may run ${task.key}, which is without worker`);
  }
}
