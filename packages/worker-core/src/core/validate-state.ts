import { invariant } from '@grid/common';

import { ACTIVITY, type Activity } from './activity.js';
import { hasHolder } from './gather/holders.js';
import { runsBefore, stateOf, type LocalTask } from './local-task.js';
import { fitsMemory, isMemoryShort } from './ready/fits-memory.js';
import type { WorkerState } from './worker-state.js';

/**
 * Checks the invariants that {@link WorkerState} names, all of them, over all tasks. For tests and for hunting bugs.
 *
 * @throws `InvariantError` with the story of the task.
 */
export function validateState(state: WorkerState): void {
  const waiterCounts = new Map<LocalTask, number>();
  for (const task of state.tasks.values()) {
    for (const dependency of task.dependencies) waiterCounts.set(dependency, (waiterCounts.get(dependency) ?? 0) + 1);
  }
  for (const [taskId, task] of state.tasks) {
    check(state, task, task.taskId === taskId && task.activity !== ACTIVITY.forgotten, 'I1: is forgotten and kept');
    checkUse(state, task);
    checkRelations(state, task, waiterCounts.get(task) ?? 0);
    checkPlace(state, task);
  }
  checkCounters(state);
  checkResources(state);
  checkNextInLine(state);
  checkPeers(state);
  checkHeap(state);
  checkNothingIdle(state);
}

/** Checks the invariants that speak of one task for some of them: what something that has just happened has changed. */
export function validateTasks(state: WorkerState, tasks: Iterable<LocalTask>): void {
  for (const task of tasks) {
    const isKnown = state.tasks.get(task.taskId) === task && task.activity !== ACTIVITY.forgotten;
    check(state, task, isKnown, 'I1: is forgotten and kept');
    checkUse(state, task);
    checkNeeds(state, task);
    checkPlace(state, task);
  }
}

function check(state: WorkerState, task: LocalTask, condition: boolean, problem: string): void {
  if (condition) return;
  const story = state.story.rows(new Set([task.key])).map(({ from, to, stimulusId }) => `${from}->${to} ${stimulusId}`);
  invariant(false, `${task.key} (${stateOf(task)}): ${problem}; story: ${story.join(', ')}`);
}

function checkUse(state: WorkerState, task: LocalTask): void {
  const isUnderWay = task.isExecuting || task.activity === ACTIVITY.flight;
  const isOfUse = task.isWanted || isUnderWay || (task.activity === ACTIVITY.memory && task.isHeld);
  check(state, task, isOfUse, 'I1: nobody needs it');
  check(state, task, task.activity !== ACTIVITY.released, 'I1: nothing is being done about it');
  if (task.activity === ACTIVITY.memory) {
    check(state, task, !task.isComputeWanted && !task.isReplicaWanted, 'I3: the scheduler was not answered');
    check(state, task, task.argsBlock === null && task.holders === null, 'I12: keeps what it was to be made of');
  }
  check(state, task, task.isAttached === task.isComputeWanted, 'I3: attached and wanted differ');
  if (task.isExecuting && !task.isComputeWanted) check(state, task, task.isStopping, 'I8: runs for nobody');
  if (!task.isExecuting) {
    check(state, task, !task.isStopping && !task.isSuspended && !task.isOverdue, 'I8: says that it is in a thread');
  }
}

function checkRelations(state: WorkerState, task: LocalTask, waiterCount: number): void {
  check(state, task, task.waiterCount === waiterCount, `I2: ${String(waiterCount)} tasks depend on it`);
  checkNeeds(state, task);
}

function checkNeeds(state: WorkerState, task: LocalTask): void {
  const missed = task.dependencies.filter((dependency) => dependency.activity !== ACTIVITY.memory);
  check(state, task, task.missingCount === missed.length, `I2: misses ${String(missed.length)} dependencies`);
  for (const dependency of task.dependencies) {
    check(state, task, state.tasks.get(dependency.taskId) === dependency, 'I2: a dependency was forgotten');
  }
  for (const dependency of missed) {
    const times = dependency.waiting?.filter((dependent) => dependent === task).length;
    check(state, task, times === 1, `I2: ${dependency.key} knows of it ${String(times)} times`);
  }
  check(state, task, task.waiting?.length !== 0, 'I2: has a list of nobody who waits');
  if (!task.isAttached) check(state, task, task.dependencies.length === 0, 'I2: needs something for nothing');
  for (const dependent of task.waiting ?? []) {
    check(state, task, dependent.dependencies.includes(task), `I2: ${dependent.key} does not wait for it`);
  }
}

function checkPlace(state: WorkerState, task: LocalTask): void {
  const { activity } = task;
  const isInHeap =
    task.resources === null
      ? task.heapIndex >= 0 && state.ready.values()[task.heapIndex] === task
      : [...state.resources.values()].includes(task);
  check(state, task, isInHeap === (activity === ACTIVITY.ready), 'I4: the heap of ready tasks is wrong');
  check(state, task, state.missing.has(task) === (activity === ACTIVITY.missing), 'I4: the missing set is wrong');
  if (activity === ACTIVITY.ready) check(state, task, task.missingCount === 0, 'I4: misses dependencies');
  if (activity === ACTIVITY.waiting) check(state, task, task.missingCount > 0, 'I4: waits for nothing');
  if (activity === ACTIVITY.fetch) {
    check(state, task, hasHolder(state, task), 'I5: has no holder');
    for (const workerId of task.holders ?? []) {
      const peer = state.peers.get(workerId);
      if (peer === undefined) continue;
      check(state, task, peer.needed.values().includes(task), `I5: not in the heap of ${String(workerId)}`);
      check(state, task, state.peersInNeed.has(peer), `I5: ${String(workerId)} is not said to be needed`);
    }
  }
  const flights = [...state.gathering.values()].filter((peer) => peer.inFlight?.includes(task) === true);
  if (activity === ACTIVITY.flight) check(state, task, flights.length === 1, 'I6: not asked of one peer');
}

function checkResources({ resources }: WorkerState): void {
  const used = new Map<string, number>();
  for (const [task, amounts] of resources.occupied) {
    invariant(task.isExecuting, `I9: ${task.key} occupies resources and is in no thread`);
    for (const { name, amount } of amounts) used.set(name, (used.get(name) ?? 0) + amount);
  }
  for (const [name, amount] of used) {
    const free = resources.freeOf(name);
    invariant(Math.abs(resources.supplyOf(name) - amount - free) < 1e-6, `I9: ${String(free)} ${name} are not free`);
    invariant(free > -1e-6 || resources.isOverdrawn, `I9: ${name} is given twice`);
  }
}

function checkCounters(state: WorkerState): void {
  const executing = inState(state, ACTIVITY.executing);
  const suspended = executing.filter((task) => task.isSuspended).length;
  const overdue = executing.filter((task) => task.isOverdue).length;
  const longRunning = inState(state, ACTIVITY.longRunning).length;
  const ready = inState(state, ACTIVITY.ready).length;
  invariant(new Set(state.rejoining).size === state.rejoining.length, 'I10: a task asks for a slot twice');
  invariant(
    state.rejoining.every((task) => task.activity === ACTIVITY.longRunning),
    'I10: a task asks for a slot that has not left its own',
  );
  const isSlotFree = state.activeCount < state.options.threads - state.overdueCount;
  invariant(!isSlotFree || state.rejoining.length === 0, 'I10: a slot is free for which a task asks');
  const activeMs = executing.reduce((sum, task) => sum + (task.isSuspended || task.isOverdue ? 0 : task.estimateMs), 0);
  invariant(Math.abs(state.activeMs - activeMs) < 1e-3, 'I7: what running tasks are to take is counted wrongly');
  invariant(state.suspendedCount === suspended, 'I7: the count of suspended tasks is wrong');
  invariant(state.overdueCount === overdue, 'I7: the count of overdue tasks is wrong');
  invariant(state.longRunningCount === longRunning, 'I7: the count of long-running tasks is wrong');
  invariant(state.activeCount === executing.length - suspended - overdue, 'I7: the count of active tasks is wrong');
  invariant(state.ready.size + state.resources.size === ready, 'I4: the heap of ready tasks holds others');
  const expected = [...executing, ...inState(state, ACTIVITY.longRunning)].reduce((sum, { nbytes }) => sum + nbytes, 0);
  invariant(Math.abs(state.expectedBytes - expected) < 1, 'I7: the count of expected bytes is wrong');
  const bytes = [...state.gathering.values()].reduce((sum, peer) => sum + peer.inFlightBytes, 0);
  invariant(state.incomingBytes === bytes, 'I7: the count of bytes under way is wrong');
}

/** What lacks nothing comes before what is less urgent, and nobody is passed by for what he lacks himself. */
function checkNextInLine({ resources }: WorkerState): void {
  const reserved = new Set<string>();
  const inLine = [...resources.values()].sort((a, b) => (runsBefore(a, b) ? -1 : 1));
  const next = inLine.find((task) => {
    const names = (task.resources ?? []).map(({ name }) => name);
    const isFree = (task.resources ?? []).every(
      ({ name, amount }) => !reserved.has(name) && resources.freeOf(name) >= amount - 1e-9,
    );
    for (const name of names) reserved.add(name);
    return isFree;
  });
  const actual = resources.peek();
  const isRight = actual === next || (actual !== undefined && next !== undefined && !runsBefore(next, actual));
  invariant(
    isRight,
    `I9: ${next?.key ?? 'nothing'} is the next in line for resources, not ${actual?.key ?? 'nothing'}`,
  );
}

function checkPeers({ peers, gone, gathering }: WorkerState): void {
  for (const { workerId, inFlight } of peers.values()) {
    invariant(!gone.has(workerId), `I6: worker ${String(workerId)} is gone, and is a peer`);
    const isAsked = gathering.has(workerId);
    invariant(isAsked || inFlight === null, `I6: worker ${String(workerId)} owes nothing that it was not asked for`);
  }
  for (const { workerId, inFlight } of gathering.values())
    invariant((inFlight?.length ?? 0) > 0, `I6: worker ${String(workerId)} was asked for something`);
}

/** What comes before its parent in a heap would wait for what is less urgent. */
function checkHeap({ ready }: WorkerState): void {
  const tasks = ready.values();
  tasks.forEach((task, index) => {
    const parent = tasks[(index - 1) >> 1];
    if (parent !== undefined) invariant(!runsBefore(task, parent), `I4: ${task.key} waits behind ${parent.key}`);
  });
}

/** Nothing waits that could be begun: neither a run nor a transfer. */
function checkNothingIdle(state: WorkerState): void {
  const { options, activeCount, suspendedCount } = state;
  if (state.isPaused) return;
  const isFull = suspendedCount > 0 && suspendedCount + activeCount >= options.suspendedMaxPerThread * options.threads;
  const next = state.ready.peek() ?? state.resources.peek();
  if (next !== undefined && activeCount < options.threads - state.overdueCount && !isFull) {
    invariant(!fitsMemory(state, next), `I11: ${next.key} is ready, and a slot is free`);
  }
  if (state.gathering.size > 0 || options.gatherPeersMax === 0 || isMemoryShort(state)) return;
  for (const task of inState(state, ACTIVITY.fetch)) {
    const peer = task.holders?.find((workerId) => state.peers.get(workerId)?.isBusy === false);
    invariant(peer === undefined, `I11: ${task.key} could be fetched from ${String(peer)}, and nothing is under way`);
  }
}

function inState(state: WorkerState, activity: Activity): LocalTask[] {
  return [...state.tasks.values()].filter((task) => task.activity === activity);
}
