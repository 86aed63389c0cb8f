import {
  dependenciesOf,
  membersOf,
  type LinkOutput,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
  type WorkerRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/** What a worker has before it, in milliseconds and in tasks, when all that is asked of it and for it has moved. */
interface Load {
  readonly worker: WorkerRecord;
  busy: number;
  ms: number;
  /** How much of that is so since it is held up. */
  readonly stallMs: number;
}

/** Who finishes nothing for so long, with tasks in line, is taken to be held up for as long as that. Milliseconds. */
const STALL_MS = 200;
/** So much in line for each thread is too much, if it is so many times more than others have. */
const TOO_MUCH_MS = 400;
const TOO_MUCH_FACTOR = 1.9;
const KIB = 1024;
const UNKNOWN_BYTES = 1024;
const TOLERANCE_MS = 1e-3;

/**
 * S16: a task is moved from one who has tasks in line to one who could do with more, who starts it first of all of those, and sooner
 * than it would start where it is; and where nothing is moved, nothing without inputs stands in a line that is too long.
 */
export class StealPromises implements SchedulerPromise {
  #state: SchedulerState | null = null;
  #isRound = false;
  /** Who is asked to give something up in this round: they may do with more now, and get nothing before the next. */
  readonly #victims = new Set<WorkerRecord>();
  #problem: string | null = null;

  listen(output: LinkOutput): void {
    const say = output.stealTask.bind(output);
    output.stealTask = (worker, task) => {
      if (this.#isRound && this.#state !== null) this.#problem ??= this.#whatIsWrong(this.#state, worker, task);
      say(worker, task);
    };
  }

  before(state: SchedulerState, { op }: Stimulus): void {
    this.#state = state;
    this.#isRound = op === 'balance';
    this.#victims.clear();
  }

  check(state: SchedulerState): void {
    if (this.#problem !== null) throw broken('S16', this.#problem);
    // What was passed by for one that has got something meanwhile is looked at again in the next round.
    if (!this.#isRound || state.workers.length < 2 || this.#victims.size > 0) return;
    const loads = loadsOf(state, null);
    const meanMs = meanOf(loads);
    const idle = loads.filter((load) => isIdle(load, meanMs));
    if (idle.length === 0) return;
    for (const victim of loads.filter((load) => isTooMuch(load, meanMs))) {
      const left = victim.worker.processing.slice(-1000).find((task) => isEasy(task) && !state.steals.has(task));
      const ms = left?.group.prefix.pricedMs ?? 0;
      const thief = idle.reduce((a, b) => (startMs(b) < startMs(a) ? b : a));
      if (left === undefined || thief.ms + ms >= victim.ms - ms / 2 - TOLERANCE_MS) continue;
      throw broken(
        'S16',
        `${nameOf(victim)} has too much, ${nameOf(thief)} could do with more, and ${left.key} stays where it is`,
      );
    }
  }

  #whatIsWrong(state: SchedulerState, from: WorkerRecord, task: TaskRecord): string | null {
    const to = state.steals.get(task)?.thief ?? null;
    if (to === null) return null;
    this.#victims.add(from);
    const loads = loadsOf(state, task);
    const victim = loads.find(({ worker }) => worker === from);
    const thief = loads.find(({ worker }) => worker === to);
    const what = `${task.key} is to go from ${from.about.name} to ${to.about.name}`;
    if (victim === undefined || thief === undefined || victim === thief) return `${what}, of whom one takes no tasks`;
    const meanMs = meanOf(loads);
    if (!isIdle(thief, meanMs)) return `${what}, which has enough to do`;
    const ms = task.group.prefix.pricedMs;
    if (victim.busy <= from.threads && !isShort(from)) return `${what}, and could run where it is`;
    if (thief.ms + fetchMs(state, task, to) + ms > victim.ms - (fetchMs(state, task, from) + ms) / 2 + TOLERANCE_MS)
      return `${what}, and would not start sooner there`;
    const better = loads.find(
      (load) =>
        load !== victim &&
        !this.#victims.has(load.worker) &&
        isEasy(task) &&
        isIdle(load, meanMs) &&
        startMs(load) + fetchMs(state, task, load.worker) < startMs(thief) + fetchMs(state, task, to) - TOLERANCE_MS,
    );
    return better === undefined ? null : `${what}, and would start sooner on ${nameOf(better)}`;
  }
}

/** @param besides - is counted where it is, and not where it is to go */
function loadsOf(state: SchedulerState, besides: TaskRecord | null): Load[] {
  const loads = new Map<WorkerRecord, Load>();
  for (const worker of state.workers) {
    if (worker.status !== 'running') continue;
    const busy = worker.processing.length - worker.longRunningCount;
    const idleMs = state.cause.at - worker.lastProgressAt;
    const stallMs = busy > worker.threads && idleMs > STALL_MS ? idleMs * worker.threads : 0;
    const inboundMs = ((worker.inboundKib * KIB) / state.bandwidth) * 1000;
    loads.set(worker, { worker, busy, ms: worker.computeMs + inboundMs + stallMs, stallMs });
  }
  for (const [task, { victim, thief }] of state.steals) {
    if (thief === null || task === besides) continue;
    move(loads.get(victim), task, -1);
    move(loads.get(thief), task, 1);
  }
  return [...loads.values()];
}

function move(load: Load | undefined, { group }: TaskRecord, sign: 1 | -1): void {
  if (load === undefined) return;
  load.busy += sign;
  load.ms += sign * group.prefix.pricedMs;
}

/** When it begins with what is given to it next, if it has all that this needs. */
function startMs({ ms, worker }: Load): number {
  return ms / worker.threads;
}

function meanOf(loads: readonly Load[]): number {
  const threads = loads.reduce((sum, { worker }) => sum + worker.threads, 0);
  return threads === 0 ? 0 : loads.reduce((sum, { ms, stallMs }) => sum + ms - stallMs, 0) / threads;
}

function isIdle({ worker, busy, ms }: Load, meanMs: number): boolean {
  return busy < worker.threads || ms < (worker.threads * meanMs) / 2;
}

function isTooMuch({ worker: { threads }, busy, ms }: Load, meanMs: number): boolean {
  const inLineMs = busy <= threads ? 0 : (ms * (busy - threads)) / (busy * threads);
  return inLineMs > TOO_MUCH_MS && inLineMs > TOO_MUCH_FACTOR * meanMs;
}

/** It waits for something else than a thread there. */
function isShort({ usedResources, resources }: WorkerRecord): boolean {
  return [...usedResources].some(([name, used]) => used > (resources.get(name) ?? 0));
}

/** It can run anywhere, and takes nothing along. */
function isEasy({ dependencies, isLongRunning, graph }: TaskRecord): boolean {
  if (dependencies !== null || isLongRunning || graph === null) return false;
  const { workers, resources, actor } = graph.options;
  return workers.length === 0 && resources === null && actor !== true;
}

function fetchMs({ bandwidth }: SchedulerState, task: TaskRecord, worker: WorkerRecord): number {
  let bytes = 0;
  for (const { whoHas, nbytes } of dependenciesOf(task))
    if (!membersOf(whoHas).includes(worker)) bytes += nbytes < 0 ? UNKNOWN_BYTES : nbytes;
  return ((Math.round(bytes / KIB) * KIB) / bandwidth) * 1000;
}

function nameOf({ worker }: Load): string {
  return worker.about.name;
}
