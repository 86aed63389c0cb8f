import type { WorkerRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { TaskPrefix } from '../task-prefix.js';
import { loadOf } from './load-heap.js';
import { hasFreeSlot } from './slots.js';

/** Where fewer workers than this may have room, looking at each of them costs less than putting them in order. */
const ORDER_MIN = 16;
/** Tiny tasks are given out in runs of so many milliseconds, and of so many tasks at most. */
const RUN = { ms: 1, tasks: 16 };

/**
 * The running worker with the fewest tasks for each thread among those with a free slot; `null` if none has one.
 *
 * Only those are looked at of which something has changed since they were seen to be full. When many have room, one
 * stimulus often gives out thousands of tasks of one prefix: they are put in order once for all of these. So a decision
 * costs the same in a cluster of a thousand. Tiny tasks that follow one another go to the same worker, a millisecond's worth
 * at a time: dealt out one by one, whoever is told of them or hears that they are done would go through all of memory.
 */
export function pickWorkerWithSlot(state: SchedulerState, prefix: TaskPrefix): WorkerRecord | null {
  const { slotOrder } = state;
  const { stimulusId } = state.cause;
  if (!slotOrder.isOf(prefix, stimulusId)) {
    if (state.roomy.length < ORDER_MIN) return leastLoaded(keepRoomy(state, prefix));
    slotOrder.heap.fill(keepRoomy(state, prefix));
    slotOrder.noteFilled(prefix, stimulusId);
  }
  const { heap } = slotOrder;
  const again = slotOrder.takeFromRun();
  if (again?.status === 'running' && hasFreeSlot(state, again, prefix)) return again;
  for (let worker = heap.first(); worker !== undefined; worker = heap.first()) {
    if (worker.status === 'running' && hasFreeSlot(state, worker, prefix)) {
      slotOrder.beginRun(worker, runLength(prefix));
      return worker;
    }
    heap.removeFirst();
  }
  keepRoomy(state, prefix);
  return null;
}

function runLength({ sampleCount, meanMs }: TaskPrefix): number {
  return sampleCount === 0 ? 1 : Math.min(RUN.tasks, Math.floor(RUN.ms / meanMs));
}

/** Those with a free slot for tasks of `prefix`; the others leave the list until something changes with them. */
function keepRoomy(state: SchedulerState, prefix: TaskPrefix): readonly WorkerRecord[] {
  const { roomy } = state;
  let kept = 0;
  for (let index = 0; index < roomy.length; index += 1) {
    const worker = roomy[index] as WorkerRecord;
    if (worker.status !== 'running' || !hasFreeSlot(state, worker, prefix)) worker.mayHaveRoom = false;
    else {
      roomy[kept] = worker;
      kept += 1;
    }
  }
  roomy.length = kept;
  return roomy;
}

function leastLoaded(workers: readonly WorkerRecord[]): WorkerRecord | null {
  let best: WorkerRecord | null = null;
  let bestLoad = Infinity;
  for (let index = 0; index < workers.length; index += 1) {
    const worker = workers[index] as WorkerRecord;
    const load = loadOf(worker);
    if (load >= bestLoad) continue;
    best = worker;
    bestLoad = load;
  }
  return best;
}
