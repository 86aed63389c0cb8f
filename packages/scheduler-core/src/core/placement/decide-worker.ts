import { fewestActors, isActor } from '../actors.js';
import type { SchedulerState } from '../scheduler-state.js';
import { busyCount, nbytesOf, type TaskRecord, type WorkerRecord } from '../records.js';
import { inboundKibOf, occupancyMs } from './occupancy.js';
import { preferFree } from './resources.js';
import { allowedWorkers } from './restrictions.js';

/** With more workers than this, tasks without dependencies are dealt in turn instead of weighed. */
const WEIGH_MAX = 20;

/**
 * Up to this many dependencies, holders are compared two by two, which makes no garbage but adds the bytes of all
 * dependencies up for each comparison.
 */
const COMPARE_MAX = 16;

/**
 * The worker for a task that does not wait in the queue: where its dependencies are, unless another could start it
 * earlier; `null` if no running worker may run it.
 *
 * @source dask.distributed `decide_worker`, `worker_objective`
 */
export function decideWorker(state: SchedulerState, task: TaskRecord): WorkerRecord | null {
  return decideWorkerAmong(state, task, allowedWorkers(state, task));
}

/** The same, of the workers given; `null`: all. */
export function decideWorkerAmong(
  state: SchedulerState,
  task: TaskRecord,
  candidates: WorkerRecord[] | null,
): WorkerRecord | null {
  let allowed = candidates;
  const resources = task.graph === null ? null : task.graph.options.resources;
  if (allowed !== null && resources !== null) allowed = preferFree(allowed, resources);
  if (isActor(task)) return fewestActors(allowed ?? state.workers);
  if (task.dependencies === null) return dealOut(state, allowed ?? state.workers);
  return decideByLocality(state, task, allowed) ?? leastBusy(state, task, allowed ?? state.workers);
}

/** The best of those that hold a dependency; `null` if none of them is running and allowed. */
function decideByLocality(
  state: SchedulerState,
  task: TaskRecord,
  allowed: WorkerRecord[] | null,
): WorkerRecord | null {
  const { dependencies } = task;
  if (!Array.isArray(dependencies)) return bestHolder(state, task, dependencies as TaskRecord, { allowed, best: null });
  const common = onlyHolder(dependencies);
  // All inputs on one worker and nowhere else: no other candidate to weigh it against.
  if (common !== null) return isEligible(common, allowed) ? common : null;
  if (dependencies.length > COMPARE_MAX) return bestOfMany(state, dependencies, allowed);
  let best: WorkerRecord | null = null;
  for (let index = 0; index < dependencies.length; index += 1) {
    best = bestHolder(state, task, dependencies[index] as TaskRecord, { allowed, best });
  }
  return best;
}

function onlyHolder(dependencies: readonly TaskRecord[]): WorkerRecord | null {
  const holder = (dependencies[0] as TaskRecord).whoHas;
  for (let index = 1; index < dependencies.length; index += 1) {
    if ((dependencies[index] as TaskRecord).whoHas !== holder) return null;
  }
  return holder === null || Array.isArray(holder) || holder instanceof Set ? null : holder;
}

/** As comparing holders two by two, but in one pass over the dependencies: a task may have a hundred thousand. */
function bestOfMany(
  state: SchedulerState,
  dependencies: readonly TaskRecord[],
  allowed: WorkerRecord[] | null,
): WorkerRecord | null {
  const heldBytes = new Map<WorkerRecord, number>();
  let totalBytes = 0;
  for (const dependency of dependencies) {
    const nbytes = nbytesOf(dependency);
    totalBytes += nbytes;
    const { whoHas } = dependency;
    if (whoHas === null) continue;
    if (!Array.isArray(whoHas) && !(whoHas instanceof Set))
      heldBytes.set(whoHas, (heldBytes.get(whoHas) ?? 0) + nbytes);
    else for (const holder of whoHas) heldBytes.set(holder, (heldBytes.get(holder) ?? 0) + nbytes);
  }
  let best: WorkerRecord | null = null;
  let bestStart = Infinity;
  for (const [worker, bytes] of heldBytes) {
    if (!isEligible(worker, allowed)) continue;
    const start = occupancyMs(state, worker) / worker.threads + ((totalBytes - bytes) / state.bandwidth) * 1000;
    if (start > bestStart || (start === bestStart && best !== null && best.nbytes <= worker.nbytes)) continue;
    best = worker;
    bestStart = start;
  }
  return best;
}

function bestHolder(
  state: SchedulerState,
  task: TaskRecord,
  dependency: TaskRecord,
  choice: { readonly allowed: WorkerRecord[] | null; readonly best: WorkerRecord | null },
): WorkerRecord | null {
  const { whoHas } = dependency;
  let { best } = choice;
  if (Array.isArray(whoHas) || whoHas instanceof Set) {
    for (const holder of whoHas) if (isEligible(holder, choice.allowed)) best = better(state, task, best, holder);
  } else if (whoHas !== null && isEligible(whoHas, choice.allowed)) best = better(state, task, best, whoHas);
  return best;
}

function isEligible(worker: WorkerRecord, allowed: WorkerRecord[] | null): boolean {
  return worker.status === 'running' && (allowed === null || allowed.includes(worker));
}

function leastBusy(state: SchedulerState, task: TaskRecord, workers: readonly WorkerRecord[]): WorkerRecord | null {
  let best: WorkerRecord | null = null;
  for (const worker of workers) if (worker.status === 'running') best = better(state, task, best, worker);
  return best;
}

/** The one that would start `task` earlier; between equals, the one that stores less. */
function better(state: SchedulerState, task: TaskRecord, a: WorkerRecord | null, b: WorkerRecord): WorkerRecord {
  if (a === null || a === b) return b;
  const startA = startDelayMs(state, task, a);
  const startB = startDelayMs(state, task, b);
  if (startA !== startB) return startA < startB ? a : b;
  return a.nbytes <= b.nbytes ? a : b;
}

function startDelayMs(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): number {
  const fetchMs = ((inboundKibOf(task, worker) * 1024) / state.bandwidth) * 1000;
  return occupancyMs(state, worker) / worker.threads + fetchMs;
}

/**
 * Tasks without dependencies: to the least busy of a few workers, in turn among many. Between equals it goes to the one
 * that stores less, and then to the one that had the last such task: a worker that has just run something is awake and
 * has its code compiled, so that one call after the other takes two thirds of the time it takes when workers take turns.
 */
function dealOut(state: SchedulerState, workers: readonly WorkerRecord[]): WorkerRecord | null {
  const count = workers.length;
  const last = state.roundRobin;
  let best: WorkerRecord | null = null;
  let bestLoad = Infinity;
  for (let offset = 0; offset < count; offset += 1) {
    const index = (last + offset) % count;
    const worker = workers[index] as WorkerRecord;
    if (worker.status !== 'running') continue;
    // A long-running task costs no time, but a worker that has none is the better choice.
    const load = occupancyMs(state, worker) / worker.threads + busyCount(worker) * 1e-6;
    if (load < bestLoad || (load === bestLoad && best !== null && worker.nbytes < best.nbytes)) {
      best = worker;
      bestLoad = load;
      state.roundRobin = index;
    }
    if (count < WEIGH_MAX || offset === 0) continue;
    // Weighing all would cost more than it gains: the last one if it is idle still, or else the next in turn.
    if (bestLoad > 0) state.roundRobin = index;
    return bestLoad > 0 ? worker : best;
  }
  return best;
}
