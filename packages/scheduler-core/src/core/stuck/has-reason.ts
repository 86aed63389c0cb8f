import { allowedWorkers } from '../placement/restrictions.js';
import { hasFreeSlot } from '../placement/slots.js';
import { dependenciesOf, wantsOf, type TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { isActive, STATE } from '../task-state.js';

/** Whether something keeps a task in the state that it is in, by the end of which it will be moved on. */
export function hasReason(state: SchedulerState, task: TaskRecord): boolean {
  switch (task.state) {
    case STATE.released:
      return isAtRest(state, task);
    case STATE.waiting:
      return waitsForSomething(state, task);
    case STATE.noWorker:
      return state.unrunnable.has(task) && !isRunnable(state, task);
    case STATE.queued:
      return state.queue.size > 0 && !isOvertaken(state, task);
    case STATE.processing:
      return isWhereItSeems(state, task);
    case STATE.memory:
      return task.whoHas !== null;
    default:
      return true;
  }
}

/** Nobody wants it computed, or it is data that is on its way. */
function isAtRest(state: SchedulerState, task: TaskRecord): boolean {
  if (task.wantedBy === null && task.waiterCount === 0) return true;
  if (state.planned.has(task)) return true;
  // The owner of a graph that comes in slices keeps tasks; it does not have them computed.
  return task.waiterCount === 0 && wantsOf(task).every(({ client }) => !client.isListening);
}

/** As many inputs are missing as it counts, and each of them is going to be there. */
function waitsForSomething(state: SchedulerState, task: TaskRecord): boolean {
  let missing = 0;
  for (const input of dependenciesOf(task)) {
    if (input.state === STATE.memory) continue;
    if (!isActive(input.state) && !(input.state === STATE.released && state.planned.has(input))) return false;
    missing += 1;
  }
  return missing > 0 && missing === task.waitingCount;
}

function isRunnable(state: SchedulerState, task: TaskRecord): boolean {
  const allowed = allowedWorkers(state, task);
  return allowed === null ? state.workers.some(({ status }) => status === 'running') : allowed.length > 0;
}

/** It is the first of those that wait for a slot, and there is one. */
function isOvertaken(state: SchedulerState, task: TaskRecord): boolean {
  if (state.queue.peek() !== task) return false;
  const { prefix } = task.group;
  return state.workers.some((worker) => worker.status === 'running' && hasFreeSlot(state, worker, prefix));
}

function isWhereItSeems(state: SchedulerState, task: TaskRecord): boolean {
  const worker = task.processingOn;
  return worker !== null && state.workersById.get(worker.id) === worker && worker.processing[task.slot] === task;
}
