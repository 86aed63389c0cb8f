import { comparePriority, type TaskRecord, type WorkerRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';

/**
 * Counts a death against the tasks that may have caused it, and gives those up that have seen too many.
 *
 * A worker does not say what it is executing: by the time it did, tiny tasks would be over. It starts tasks by priority,
 * and those that it was given first were the first to find a free thread; so the first of both orders, one for each
 * thread, and all that left their slot, are under suspicion. The rest of the line is not.
 */
export function blameForDeath(state: SchedulerState, worker: WorkerRecord, reason: string): void {
  const inSlots = worker.processing.filter((task) => !task.isLongRunning);
  const suspects = new Set(worker.processing.filter((task) => task.isLongRunning));
  for (const task of inSlots.sort(comparePriority).slice(0, worker.threads)) suspects.add(task);
  for (const task of inSlots.sort((a, b) => a.runId - b.runId).slice(0, worker.threads)) suspects.add(task);
  for (const task of suspects) {
    task.suspicious += 1;
    state.suspiciousCount += 1;
    if (task.suspicious > state.policy.allowedFailures) giveUp(task, worker, reason);
  }
}

function giveUp(task: TaskRecord, worker: WorkerRecord, reason: string): void {
  const deaths = task.suspicious;
  task.failure = {
    taskId: task.id,
    key: task.key,
    worker: worker.about.address,
    workerId: worker.id,
    cause: {
      code: 'GRID_SCHEDULER_KILLED_WORKER',
      message: `${String(deaths)} workers died while they were running ${task.key}, the last of them ${worker.about.address} (${reason}); it will not be tried again`,
      details: { key: task.key, deaths, lastWorker: worker.about.address, lastReason: reason },
    },
  };
}
