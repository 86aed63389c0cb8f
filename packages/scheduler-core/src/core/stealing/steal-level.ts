import { isActor } from '../actors.js';
import { dependenciesOf, nbytesOf, type TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Milliseconds that a move costs besides its bytes. */
const LATENCY_MS = 10;
/** From this level on a move costs more than it can gain. */
const LEVELS = 15;

/**
 * How dear it is to move a task, from 0 for one without inputs; -1 if it is not worth it. A level more is twice as much
 * transfer for the same computing.
 *
 * @source dask.distributed `WorkStealing.steal_time_ratio`
 */
export function stealLevel(state: SchedulerState, task: TaskRecord): number {
  if (task.isLongRunning || isActor(task)) return -1;
  if (task.dependencies === null) return 0;
  let bytes = 0;
  for (const dependency of dependenciesOf(task)) bytes += nbytesOf(dependency);
  const transferMs = (bytes / state.bandwidth) * 1000 + LATENCY_MS;
  const level = Math.round(Math.log2(transferMs / task.group.prefix.pricedMs) + 6);
  return level >= LEVELS ? -1 : Math.max(1, level);
}
