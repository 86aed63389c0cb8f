import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { recallTasks } from './recall-tasks.js';
import { stealLevel } from './steal-level.js';
import { Thieves, transferMs } from './thieves.js';
import { wasAskedFor } from './was-asked-for.js';
import { isIdle, isSaturated, meanThreadMs, measureLoads, moveLoad, type WorkerLoad } from './worker-loads.js';

/** With nobody saturated, so many of the busiest are looked at. */
const BUSIEST_MAX = 10;
/** Less work than this is not worth taking from anybody, in milliseconds. */
const VICTIM_MS_MIN = 200;
/** Tasks that are looked at in one round: of one victim, those that were given to it last, and of all of them together. */
const CANDIDATES_MAX = { ofVictim: 1000, together: 20_000 };

interface Candidate {
  readonly task: TaskRecord;
  readonly victim: WorkerLoad;
  readonly level: number;
}

/**
 * Asks busy workers to give up tasks that idle ones could start sooner, the ones that are cheap to move first; and workers
 * that take no tasks at the moment to give up all that they have not begun.
 *
 * To be called every moment. It costs a look at each worker, unless some are idle while others have too much.
 *
 * @source dask.distributed `WorkStealing.balance`
 */
export function balance(state: SchedulerState, out: SchedulerOutput): void {
  if (state.workers.length < 2) return;
  for (const worker of state.workers) {
    const { status } = worker;
    if (status === 'paused' || status === 'closing-gracefully') recallTasks(state, worker, out);
  }
  const loads = measureLoads(state);
  const meanMs = meanThreadMs(loads.values());
  const idle = [...loads.values()].filter((load) => isIdle(load, meanMs));
  if (idle.length === 0 || idle.length === state.workers.length) return;
  const thieves = new Thieves(state, idle);
  for (const { task, victim } of findCandidates(state, findVictims(loads, meanMs))) {
    const thief = thieves.bestFor(task);
    if (thief === null || !isWorthIt(state, task, victim, thief)) continue;
    state.steals.set(task, { victim: victim.worker, thief: thief.worker, runId: task.runId, askedAt: state.cause.at });
    moveLoad(victim, thief, task.group.prefix.pricedMs);
    out.stealTask(victim.worker, task);
    if (!isIdle(thief, meanMs)) thieves.remove(thief);
    if (thieves.count === 0) return;
  }
}

function findVictims(loads: ReadonlyMap<unknown, WorkerLoad>, meanMs: number): WorkerLoad[] {
  const all = [...loads.values()];
  const byLoad = (a: WorkerLoad, b: WorkerLoad): number => b.occupancyMs - a.occupancyMs;
  const saturated = all.filter((load) => isSaturated(load, meanMs) || isShortOfResources(load)).sort(byLoad);
  if (saturated.length > 0) return saturated;
  return all
    .filter(({ worker, busy, occupancyMs }) => busy > worker.threads && occupancyMs > VICTIM_MS_MIN)
    .sort(byLoad)
    .slice(0, BUSIEST_MAX);
}

/** Its threads may be free: tasks wait for something else there. */
function isShortOfResources({ worker, occupancyMs }: WorkerLoad): boolean {
  if (occupancyMs < VICTIM_MS_MIN) return false;
  for (const [name, used] of worker.usedResources) if (used > (worker.resources.get(name) ?? 0)) return true;
  return false;
}

function findCandidates(state: SchedulerState, victims: readonly WorkerLoad[]): Candidate[] {
  const candidates: Candidate[] = [];
  const max = Math.min(CANDIDATES_MAX.ofVictim, Math.ceil(CANDIDATES_MAX.together / victims.length));
  for (const victim of victims) {
    const { processing } = victim.worker;
    const last = Math.max(0, processing.length - max);
    for (let index = processing.length - 1; index >= last; index -= 1) {
      const task = processing[index] as TaskRecord;
      const level = wasAskedFor(state, task) ? -1 : stealLevel(state, task);
      if (level >= 0) candidates.push({ task, victim, level });
    }
  }
  return candidates.sort((a, b) => a.level - b.level);
}

function isWorthIt(state: SchedulerState, task: TaskRecord, victim: WorkerLoad, thief: WorkerLoad): boolean {
  const { worker, busy } = victim;
  const isInLine = busy > worker.threads || isShortOfResources(victim);
  const computeMs = task.group.prefix.pricedMs;
  const there = thief.occupancyMs + transferMs(state, task, thief) + computeMs;
  return isInLine && there <= victim.occupancyMs - (transferMs(state, task, victim) + computeMs) / 2;
}
