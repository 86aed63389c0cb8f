import { invariant } from '@grid/common';

import { isActor } from './actors.js';
import { isShortOfTasks } from './placement/slots.js';
import {
  dependenciesOf,
  dependentsOf,
  isNeeded,
  NOTHING,
  wantsOf,
  type TaskRecord,
  type WorkerRecord,
} from './records.js';
import { firstMember, hasMember, membersOf } from './relation.js';
import type { SpanRecord } from './spans/span-record.js';
import type { SchedulerState } from './scheduler-state.js';
import { isActive, STATE, STATE_NAMES } from './task-state.js';
import { validateCounts } from './validate-counts.js';

/**
 * Checks what each of some tasks, and what stands beside them, has to be at rest: the invariants of {@link SchedulerState}
 * that speak of one task. Those that speak of counts and of workers need a walk over everything.
 */
export function validateTasks(state: SchedulerState, tasks: Iterable<TaskRecord>): void {
  for (const task of tasks) {
    invariant(
      state.tasks.get(task.id) === task && state.keys.get(task.key) === task,
      `S1: ${task.key} is in the tables`,
    );
    validateGraph(state, task);
    validateTask(state, task);
    validateWants(state, task);
    const worker = task.processingOn;
    if (worker === null) continue;
    invariant(worker.status !== 'closed' && worker.processing[task.slot] === task, `S5: ${task.key} is at its place`);
  }
}

/** Checks every invariant of {@link SchedulerState}, at rest; for tests, and under `GRID_VALIDATE=1`. Walks everything. */
export function validateState(state: SchedulerState): void {
  const counts = new Array<number>(STATE_NAMES.length).fill(0);
  const queued = new Set(state.queue.values());
  for (const [id, task] of state.tasks.entries()) {
    invariant(task.id === id && state.keys.get(task.key) === task, `S1: ${task.key} is found by number and key`);
    counts[task.state] = (counts[task.state] as number) + 1;
    validateGraph(state, task);
    validateTask(state, task);
    invariant(queued.has(task) === (task.state === STATE.queued), `S4: ${task.key} is in the queue if queued`);
    validateWants(state, task);
  }
  counts[STATE.forgotten] = state.stateCounts[STATE.forgotten] as number;
  invariant(state.keys.size === state.tasks.size, 'S1: as many keys as tasks');
  invariant(
    counts.every((count, index) => count === state.stateCounts[index]),
    `S1: counts of states are ${counts.join()}`,
  );
  invariant(
    state.queue.size === queued.size && queued.size === counts[STATE.queued],
    'S4: the queue has the queued tasks',
  );
  invariant(state.unrunnable.size === counts[STATE.noWorker], 'S4: the tasks without worker are listed');
  invariant(state.work.length === 0, 'S16: nothing is left to do');
  for (const worker of state.workers) validateWorker(state, worker);
  validateQueue(state);
  for (const [task, { victim, runId }] of state.steals) {
    invariant(task.processingOn === victim && task.runId === runId, `S17: ${task.key} is where it is to be taken from`);
  }
  validateCopies(state);
  validateCounts(state);
  validateSpans(state);
  for (const task of state.resultHolds.keys()) {
    const hasRun = task.state === STATE.processing || task.state === STATE.memory;
    invariant(hasRun, `S19: ${task.key}, whose result others are kept for, has one or is about to`);
  }
  for (const taskId of state.output.taskIds()) {
    invariant(state.tasks.get(taskId) !== undefined, `S20: #${String(taskId)} has written something and is known`);
  }
  for (const client of state.clients.values()) {
    for (const [id, task] of client.tasks.entries()) {
      invariant(
        wantsOf(task).some((want) => want.client === client && want.id === id),
        `S14: ${task.key} knows that ${client.name} calls it ${String(id)}`,
      );
    }
  }
}

function validateSpans(state: SchedulerState): void {
  const counts = new Map<SpanRecord, number[]>();
  const bytes = new Map<SpanRecord, number>();
  for (const [, task] of state.tasks.entries()) {
    const span = task.graph?.span ?? null;
    if (span === null) continue;
    const ofSpan = counts.get(span) ?? new Array<number>(STATE_NAMES.length).fill(0);
    ofSpan[task.state] = (ofSpan[task.state] as number) + 1;
    counts.set(span, ofSpan);
    if (task.state === STATE.memory) bytes.set(span, (bytes.get(span) ?? 0) + task.nbytes);
  }
  for (const span of state.spans.all) {
    const ofSpan = counts.get(span);
    const isRight = span.stateCounts.every(
      (count, code) => code === STATE.forgotten || count === (ofSpan?.[code] ?? 0),
    );
    invariant(isRight, `S21: the span ${span.name} counts ${span.stateCounts.join()}, has ${ofSpan?.join() ?? 'none'}`);
    const stored = bytes.get(span) ?? 0;
    invariant(span.storedBytes === stored, `S21: the span ${span.name} stores ${String(stored)} bytes`);
  }
}

function validateCopies(state: SchedulerState): void {
  for (const [task, workers] of state.acquiring) {
    invariant(task.state === STATE.memory && workers.length > 0, `S18: a copy of ${task.key} can be had`);
    for (const worker of workers) {
      const isFit = worker.status === 'running' && !hasMember(task.whoHas, worker);
      invariant(isFit, `S18: ${worker.about.address} can get a copy of ${task.key}`);
    }
  }
  for (const worker of state.workers) for (const task of worker.actors) validateHome(state, task, worker);
  for (const task of state.deaths.keys()) {
    invariant(state.tasks.get(task.id) === task, `S8: ${task.key}, which workers died of, is known`);
  }
  for (const task of state.desiredCopies.keys()) {
    invariant(state.tasks.get(task.id) === task, `S8: ${task.key}, which somebody wants several copies of, is known`);
  }
}

function validateHome(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): void {
  const { key } = task;
  invariant(state.tasks.get(task.id) === task && isActor(task), `S20: ${key} is an actor that is known`);
  invariant(
    task.processingOn === worker || (task.state === STATE.memory && hasMember(task.whoHas, worker)),
    `S20: ${worker.about.address} makes ${key}, or holds it`,
  );
  const homes = state.workers.filter(({ actors }) => actors.has(task));
  invariant(homes.length === 1, `S20: ${key} lives on one worker, not on ${String(homes.length)}`);
}

function validateGraph(state: SchedulerState, task: TaskRecord): void {
  let active = 0;
  for (const dependent of dependentsOf(task)) {
    invariant(state.tasks.get(dependent.id) === dependent, `S8: dependent ${dependent.key} of ${task.key} is known`);
    invariant(dependenciesOf(dependent).includes(task), `S9: ${dependent.key} depends on ${task.key}`);
    if (isActive(dependent.state)) active += 1;
  }
  invariant(
    active === task.waiterCount,
    `S9: ${task.key} counts ${String(task.waiterCount)} waiters, has ${String(active)}`,
  );
  const dependencies = dependenciesOf(task);
  invariant(new Set(dependencies).size === dependencies.length, `S9: ${task.key} has each dependency once`);
  for (const dependency of dependencies) {
    invariant(
      state.tasks.get(dependency.id) === dependency,
      `S8: dependency ${dependency.key} of ${task.key} is known`,
    );
    invariant(hasMember(dependency.dependents, task), `S9: ${dependency.key} has the dependent ${task.key}`);
  }
}

function validateTask(state: SchedulerState, task: TaskRecord): void {
  const { key } = task;
  const missing = dependenciesOf(task).filter((dependency) => dependency.state !== STATE.memory).length;
  const expected = task.state === STATE.waiting ? missing : 0;
  invariant(task.recommended === NOTHING, `S16: nothing is recommended for ${key}`);
  invariant(
    task.waitingCount === expected,
    `S3: ${key} waits for ${String(task.waitingCount)}, not for ${String(expected)}`,
  );
  invariant(
    (task.processingOn !== null) === (task.state === STATE.processing),
    `S5: ${key} is on a worker if processing`,
  );
  invariant(
    !task.isLongRunning || task.state === STATE.processing,
    `S5: ${key}, which has left its slot, is on a worker`,
  );
  invariant(
    task.inboundKib === 0 || task.state === STATE.processing,
    `S5: ${key}, which is fetched for, is on a worker`,
  );
  invariant((task.whoHas !== null) === (task.state === STATE.memory), `S6: ${key} has holders if in memory`);
  invariant((task.failure !== null) === (task.state === STATE.erred), `S7: ${key} has a failure if erred`);
  invariant(state.unrunnable.has(task) === (task.state === STATE.noWorker), `S4: ${key} is listed if without worker`);
  if (isActive(task.state) && task.state !== STATE.waiting) invariant(missing === 0, `S4: ${key} has all it needs`);
  if (task.state === STATE.waiting) invariant(missing > 0, `S3: ${key} waits for nothing`);
  if (task.state === STATE.memory) invariant(task.nbytes >= 0, `S6: ${key} has a size`);
  if (task.state === STATE.erred) {
    invariant(!dependentsOf(task).some(({ state: other }) => isActive(other)), `S7: nobody waits for ${key}`);
    const isOwn = task.failure?.taskId === task.id || task.hasLostDependencies;
    const isHandedOn = dependenciesOf(task).some(({ failure }) => failure === task.failure);
    invariant(isOwn || isHandedOn, `S7: ${key} failed by itself, or for something that it needs`);
  } else invariant(task.suspicious <= state.policy.allowedFailures, `S12: ${key} is given up`);
  invariant(task.suspicious === (state.deaths.get(task)?.length ?? 0), `S12: ${key} has its deaths`);
  if (task.state === STATE.released) {
    // The owner of a graph that comes in slices keeps tasks; it does not have them computed.
    const isWanted = wantsOf(task).some(({ client }) => client.isListening);
    invariant(
      (!isWanted && task.waiterCount === 0) || state.planned.has(task),
      `S11: ${key} is needed and not computed`,
    );
  }
  invariant(task.wantedBy !== null || task.dependents !== null, `S11: nobody can ask for ${key}`);
  const isKept = task.state === STATE.memory || isActive(task.state);
  invariant(!isKept || isNeeded(task), `S11: nobody needs ${key}, which is ${STATE_NAMES[task.state] ?? ''}`);
}

function validateWants(state: SchedulerState, task: TaskRecord): void {
  const wants = wantsOf(task);
  invariant(
    new Set(wants.map(({ client }) => client)).size === wants.length,
    `S14: each client wants ${task.key} once`,
  );
  invariant(task.moreWants?.length !== 0, `S14: ${task.key} has a list of nobody else who wants it`);
  for (const { client, id } of wants) {
    invariant(state.clients.get(client.id) === client, `S14: ${client.name}, who wants ${task.key}, is here`);
    invariant(client.tasks.get(id) === task, `S14: ${client.name} calls ${task.key} ${String(id)}`);
  }
}

function validateWorker(state: SchedulerState, worker: WorkerRecord): void {
  const { address } = worker.about;
  let longRunning = 0;
  let computeMs = 0;
  let inboundKib = 0;
  worker.processing.forEach((task, slot) => {
    invariant(task.processingOn === worker && task.slot === slot, `S5: ${task.key} is at its place on ${address}`);
    inboundKib += task.inboundKib;
    if (task.isLongRunning) longRunning += 1;
    else computeMs += task.group.prefix.pricedMs;
  });
  invariant(longRunning === worker.longRunningCount, `S13: ${address} has ${String(longRunning)} long running tasks`);
  invariant(inboundKib === worker.inboundKib, `S13: ${address} fetches ${String(inboundKib)} KiB`);
  invariant(
    Math.abs(computeMs - worker.computeMs) <= 1e-6 * (1 + computeMs),
    `S13: ${address} has work for ${String(computeMs)} ms`,
  );
  const isExact = worker.processing.length > 0 || (worker.computeMs === 0 && worker.usedResources.size === 0);
  invariant(isExact, `S13: ${address}, which has nothing to compute, has no work and uses nothing`);
  validateResources(worker);
  let nbytes = 0;
  worker.held.forEach((task, slot) => {
    invariant(
      firstMember(task.whoHas) === worker && task.heldSlot === slot,
      `S10: ${task.key} is at its place on ${address}`,
    );
    nbytes += task.nbytes;
  });
  for (const task of worker.replicas) {
    invariant(membersOf(task.whoHas).indexOf(worker) > 0, `S10: ${address} holds a copy of ${task.key}`);
    nbytes += task.nbytes;
  }
  invariant(nbytes === worker.nbytes, `S10: ${address} holds ${String(nbytes)} bytes`);
  invariant(worker.status !== 'closed' && state.workersById.get(worker.id) === worker, `S13: ${address} is here`);
}

function validateResources(worker: WorkerRecord): void {
  const used = new Map<string, number>();
  for (const task of worker.processing) {
    for (const { name, amount } of task.graph?.options.resources ?? []) used.set(name, (used.get(name) ?? 0) + amount);
  }
  for (const name of new Set([...used.keys(), ...worker.usedResources.keys()])) {
    const [expected, counted] = [used.get(name) ?? 0, worker.usedResources.get(name) ?? 0];
    invariant(Math.abs(expected - counted) < 1e-6, `S13: ${worker.about.address} uses ${String(expected)} ${name}`);
  }
}

function validateQueue(state: SchedulerState): void {
  const threads = state.workers.reduce((sum, worker) => sum + (worker.status === 'running' ? worker.threads : 0), 0);
  invariant(threads === state.totalThreads, `S13: there are ${String(threads)} threads`);
  const roomy = state.workers.filter(({ mayHaveRoom }) => mayHaveRoom);
  invariant(
    roomy.length === state.roomy.length && roomy.every((worker) => state.roomy.includes(worker)),
    'S15: the workers that may have room are listed',
  );
  const first = state.queue.peek();
  if (first === undefined) return;
  const idle = state.workers.find((worker) => worker.status === 'running' && isShortOfTasks(state, worker));
  invariant(idle === undefined, `S15: ${first.key} is queued though ${idle?.about.address ?? ''} has a free slot`);
}
