import type { SchedulerState } from '../scheduler-state.js';
import type { TaskPrefix } from '../task-prefix.js';
import { busyCount, type WorkerRecord } from '../records.js';
import { occupancyMs } from './occupancy.js';

/**
 * Whether `worker` is to be given one more task of this prefix from the queue.
 *
 * What it has in flight is bounded by estimated time, so that tiny tasks never wait for a round trip and long ones stay
 * here, where any worker can still get them. Long tasks, and tasks whose results would fill memory faster than they are
 * used up, fall back to a little more than one for each thread (`workerSaturation`).
 */
export function hasFreeSlot(state: SchedulerState, worker: WorkerRecord, prefix: TaskPrefix): boolean {
  const { policy } = state;
  const busy = busyCount(worker);
  if (isShortOfTasks(state, worker)) return true;
  if (prefix.sampleCount === 0) return busy < policy.firstWave * worker.threads;
  if (busy >= policy.inflightMax || busy * prefix.meanMs >= policy.inflightMs * worker.threads) return false;
  if (worker.about.memoryLimit > 0 && busy * prefix.meanNbytes > policy.inflightMemory * worker.about.memoryLimit)
    return false;
  // Tasks of other prefixes may be long: they count by their own time.
  return occupancyMs(state, worker) < policy.inflightMs * worker.threads;
}

/** A slot of a worker may have opened: it is looked at when the queue is served next. */
export function noteRoom(state: SchedulerState, worker: WorkerRecord): void {
  state.mayHaveOpenSlots = true;
  state.slotOrder.forget();
  if (worker.mayHaveRoom || worker.status !== 'running') return;
  worker.mayHaveRoom = true;
  state.roomy.push(worker);
}

/** Whether a worker has so few tasks that there is a slot for any task. */
export function isShortOfTasks({ policy }: SchedulerState, worker: WorkerRecord): boolean {
  return busyCount(worker) < Math.max(Math.ceil(policy.workerSaturation * worker.threads), 1);
}
