import { invariant } from '@grid/common';

import type { GraphBlock } from './graph-block.js';
import { allowedWorkers } from './placement/restrictions.js';
import { comparePriority } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';
import { isPricedRight } from './task-prefix.js';

/** Checks what is counted, and what is listed in an order, against the tasks themselves: S22 to S26 of {@link SchedulerState}. */
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
  for (const prefix of state.prefixes.values())
    invariant(isPricedRight(prefix), `S13: tasks of ${prefix.name} are priced at about what they take`);
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
  validateNumbers(state);
  validatePlanned(state);
}

/** A number that is given twice is that of two. */
function validateNumbers(state: SchedulerState): void {
  const { nextTaskId, nextWorkerId, nextClientId, nextRunId, forgetful } = state;
  for (const [id, task] of state.tasks.entries()) {
    invariant(id < nextTaskId, `S25: the number of ${task.key} is not given again`);
    invariant(task.runId < nextRunId, `S25: the number of the run of ${task.key} is not given again`);
  }
  for (const { id, about } of state.workers)
    invariant(id < nextWorkerId, `S25: nobody else is called ${about.address}`);
  for (const client of state.clients.values()) {
    invariant(client.id < nextClientId, `S25: the number of ${client.name} is not given again`);
    // The owner of a graph calls tasks what their client does.
    if (!client.isListening && client.nextId === 0) continue;
    for (const [id, task] of client.tasks.entries())
      invariant(id < client.nextId, `S25: ${client.name} calls nothing else ${String(id)} than ${task.key}`);
  }
  const isThere = forgetful === null || state.clients.get(forgetful.id) === forgetful;
  invariant(isThere, 'S25: what is fired and forgotten is wanted by somebody who is here');
}

function validatePlanned(state: SchedulerState): void {
  for (const [task, workers] of state.planned) {
    const isOpen = state.tasks.get(task.id) === task && task.graph === null && task.state === STATE.released;
    invariant(isOpen && workers.length > 0, `S26: ${task.key} is data that is on its way to somebody`);
    invariant(task.nbytes >= 0, `S26: it is known how large ${task.key} is`);
    for (const worker of workers)
      invariant(worker.status !== 'closed', `S26: ${task.key} is on its way to one who is here`);
  }
  const { worker, inlineTask, inlineBlock } = state.arrival;
  invariant(worker === null && inlineTask === null && inlineBlock === null, 'S26: nothing is arriving at rest');
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
