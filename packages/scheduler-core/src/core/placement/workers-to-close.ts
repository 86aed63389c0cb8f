import type { WorkerRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';

/** How many times the results that there are should fit into the memory of the workers that stay. */
const MEMORY_RATIO = 2;

/**
 * The workers that it costs least to do without: those that run nothing, with the fewest bytes of results first.
 *
 * @param count - How many; `null`: all that run nothing, as long as those that stay have memory for twice what there is.
 * @source dask.distributed `Scheduler.workers_to_close`
 */
export function workersToClose(state: SchedulerState, count: number | null): WorkerRecord[] {
  const candidates = state.workers
    .filter(({ status }) => status === 'running' || status === 'paused')
    .sort(
      (a, b) => Number(isBusy(a)) - Number(isBusy(b)) || a.longRunningCount - b.longRunningCount || a.nbytes - b.nbytes,
    );
  if (count !== null) return candidates.slice(0, count);
  let memory = candidates.reduce((sum, { about }) => sum + about.memoryLimit, 0);
  const needed = MEMORY_RATIO * candidates.reduce((sum, { nbytes }) => sum + nbytes, 0);
  return candidates.filter((worker) => {
    if (isBusy(worker) || memory - worker.about.memoryLimit < needed) return false;
    memory -= worker.about.memoryLimit;
    return true;
  });
}

/** Actors cannot be moved, and somebody may call them any moment. */
function isBusy({ processing, actors }: WorkerRecord): boolean {
  return processing.length > 0 || actors.size > 0;
}
