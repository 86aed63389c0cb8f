import { occupancyMs } from '../placement/occupancy.js';
import { busyCount, type WorkerRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';

/** What a worker has before it, as if all steals under way had succeeded. */
export interface WorkerLoad {
  readonly worker: WorkerRecord;
  /** Tasks that need a thread. */
  busy: number;
  /** Milliseconds of work, and as many as it has been held up for. */
  occupancyMs: number;
  /** The part of them that nobody had estimated: what a task took longer than was thought, up to now. */
  readonly heldUpMs: number;
}

/** A worker that finished nothing for so long is taken to be held up by a task that is longer than was thought. */
const STALL_MS = 200;

/** The loads of all running workers. */
export function measureLoads(state: SchedulerState): Map<WorkerRecord, WorkerLoad> {
  const loads = new Map<WorkerRecord, WorkerLoad>();
  for (const worker of state.workers) {
    if (worker.status !== 'running') continue;
    const busy = busyCount(worker);
    // With a thread free, nothing stands behind a long task.
    const stalledMs = busy <= worker.threads ? 0 : state.cause.at - worker.lastProgressAt;
    const heldUpMs = stalledMs > STALL_MS ? stalledMs * worker.threads : 0;
    loads.set(worker, { worker, busy, occupancyMs: occupancyMs(state, worker) + heldUpMs, heldUpMs });
  }
  for (const [task, { victim, thief }] of state.steals) {
    if (thief !== null) moveLoad(loads.get(victim), loads.get(thief), task.group.prefix.pricedMs);
  }
  return loads;
}

/** Takes a task from one load and puts it onto another. */
export function moveLoad(from: WorkerLoad | undefined, to: WorkerLoad | undefined, computeMs: number): void {
  if (from !== undefined) {
    from.busy -= 1;
    from.occupancyMs -= computeMs;
  }
  if (to !== undefined) {
    to.busy += 1;
    to.occupancyMs += computeMs;
  }
}

/**
 * The mean occupancy of a thread, by estimates alone: with some workers held up, those that are as busy as everybody is would
 * seem idle beside them, and be given tasks that they cannot start sooner.
 */
export function meanThreadMs(loads: Iterable<WorkerLoad>): number {
  let threads = 0;
  let total = 0;
  for (const load of loads) {
    threads += load.worker.threads;
    total += load.occupancyMs - load.heldUpMs;
  }
  return threads === 0 ? 0 : total / threads;
}

/** Whether a worker could do with more. */
export function isIdle({ worker, busy, occupancyMs: ms }: WorkerLoad, meanMs: number): boolean {
  return busy < worker.threads || ms < (worker.threads * meanMs) / 2;
}

/** Whether so much stands in line behind a worker's threads that others should help. */
export function isSaturated({ worker, busy, occupancyMs: ms }: WorkerLoad, meanMs: number): boolean {
  const { threads } = worker;
  if (busy <= threads) return false;
  const pendingMs = (ms * (busy - threads)) / (busy * threads);
  return pendingMs > SATURATED_MS && pendingMs > SATURATED_FACTOR * meanMs;
}

const SATURATED_MS = 400;
const SATURATED_FACTOR = 1.9;
