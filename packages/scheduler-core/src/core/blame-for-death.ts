import { comparePriority, type TaskRecord, type WorkerRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { describeExit, isAccident, type Death, type WorkerExit } from './worker-exit.js';

/** Lines of what a dead worker printed last that stand in the message of an error. */
const LINES_IN_MESSAGE = 5;

/**
 * Counts a death against the tasks that may have caused it, and gives those up that have seen too many.
 *
 * A worker does not say what it is executing: by the time it did, tiny tasks would be over. It starts tasks by priority,
 * and those that it was given first were the first to find a free thread; so the first of both orders, one for each
 * thread, and all that left their slot, are under suspicion. The rest of the line is not.
 *
 * Nobody is to blame for a worker that lost its line, or that was ended on purpose, if its nanny says so.
 */
export function blameForDeath(
  state: SchedulerState,
  worker: WorkerRecord,
  { reason, exit }: { readonly reason: string; readonly exit: WorkerExit | null },
): void {
  if (exit !== null && !isAccident(exit)) return;
  const death: Death = { worker: worker.about.address, reason, exit };
  const inSlots = worker.processing.filter((task) => !task.isLongRunning);
  const suspects = new Set(worker.processing.filter((task) => task.isLongRunning));
  for (const task of inSlots.sort(comparePriority).slice(0, worker.threads)) suspects.add(task);
  for (const task of inSlots.sort((a, b) => a.runId - b.runId).slice(0, worker.threads)) suspects.add(task);
  for (const task of suspects) {
    task.suspicious += 1;
    state.suspiciousCount += 1;
    const deaths = [...(state.deaths.get(task) ?? []), death];
    state.deaths.set(task, deaths);
    if (task.suspicious > state.policy.allowedFailures) giveUp(task, worker, deaths);
  }
}

function giveUp(task: TaskRecord, worker: WorkerRecord, deaths: readonly Death[]): void {
  const { key } = task;
  const { address } = worker.about;
  const last = deaths[deaths.length - 1] as Death;
  const how = last.exit === null ? last.reason : describeExit(last.exit);
  const printed = (last.exit?.log ?? []).slice(-LINES_IN_MESSAGE);
  const output = printed.length === 0 ? '' : `. The last that it printed:\n${printed.join('\n')}`;
  task.failure = {
    taskId: task.id,
    key,
    worker: address,
    cause: {
      code: 'GRID_SCHEDULER_KILLED_WORKER',
      message: `${String(task.suspicious)} workers died while they were running ${key}, the last of them ${address}: ${how}. It will not be tried again${output}`,
      details: { key, deaths: task.suspicious, lastWorker: address, lastReason: how, evidence: deaths },
    },
  };
}
