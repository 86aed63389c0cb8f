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
  const floor = Math.max(Math.ceil(policy.workerSaturation * worker.threads), 1);
  if (busy < floor) return true;
  if (prefix.sampleCount === 0) return busy < policy.firstWave * worker.threads;
  if (busy >= policy.inflightMax || busy * prefix.meanMs >= policy.inflightMs * worker.threads) return false;
  if (worker.about.memoryLimit > 0 && busy * prefix.meanNbytes > policy.inflightMemory * worker.about.memoryLimit)
    return false;
  // Tasks of other prefixes may be long: they count by their own time.
  return occupancyMs(state, worker) < policy.inflightMs * worker.threads;
}

/** The running worker with the fewest tasks for each thread among those with a free slot; `null` if none has one. */
export function pickWorkerWithSlot(state: SchedulerState, prefix: TaskPrefix): WorkerRecord | null {
  const { workers } = state;
  let best: WorkerRecord | null = null;
  let bestLoad = Infinity;
  for (let index = 0; index < workers.length; index += 1) {
    const worker = workers[index] as WorkerRecord;
    if (worker.status !== 'running') continue;
    const load = busyCount(worker) / worker.threads;
    if (load < bestLoad && hasFreeSlot(state, worker, prefix)) {
      best = worker;
      bestLoad = load;
    }
  }
  return best;
}
