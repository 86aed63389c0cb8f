import type { MemoryRound, PlacedTask, PlacingWorker } from './memory-policy.js';
import { stays } from './retire-worker.js';

/** A result that is to go from one worker to another. */
export interface Move {
  readonly task: PlacedTask;
  readonly from: PlacingWorker;
  readonly to: PlacingWorker;
}

/** Parts of a worker's memory limit: so far from the mean is near enough; who uses less gives nothing, who uses more gets nothing. */
const HALF_GAP = 0.05;
const SENDER_MIN = 0.3;
const RECIPIENT_MAX = 0.6;

/** A worker and how many bytes it is away from the mean. */
interface Party {
  readonly worker: PlacingWorker;
  /** Its results that may go, the oldest last. */
  readonly tasks: PlacedTask[];
  /** Bytes that it may give or get before it is on the other side of the mean. */
  distance: number;
  /** Within so many bytes of the mean it is done. */
  readonly halfGap: number;
}

/**
 * Which results to move so that all workers use about the same memory: again and again the oldest result of the worker that
 * is farthest above the mean goes to the one that is farthest below it. None is moved to where there is a copy, or so that its
 * sender would use less than the mean.
 *
 * @param tasks - What may be moved; `null`: everything.
 * @param among - Between whom; `null`: all workers.
 * @source dask.distributed `Scheduler.rebalance`
 */
export function planRebalance(
  round: MemoryRound,
  tasks: ReadonlySet<PlacedTask> | null,
  among: readonly PlacingWorker[] | null,
): Move[] {
  const workers = (among ?? round.workers).filter(stays);
  const mean = workers.reduce((sum, worker) => sum + round.memoryOf(worker), 0) / Math.max(1, workers.length);
  const senders: Party[] = [];
  const recipients: Party[] = [];
  for (const worker of workers) {
    const limit = worker.about.memoryLimit;
    const halfGap = HALF_GAP * limit;
    const above = round.memoryOf(worker) - mean;
    if (above > halfGap && above + mean >= SENDER_MIN * limit) {
      const all = round
        .tasksOn(worker)
        .filter((task) => (tasks === null || tasks.has(task)) && !round.isPinned(task, worker));
      senders.push({ worker, tasks: all.sort((a, b) => b.id - a.id), distance: above, halfGap });
    } else if (
      above < -halfGap &&
      worker.status === 'running' &&
      (limit === 0 || above + mean < RECIPIENT_MAX * limit)
    ) {
      recipients.push({ worker, tasks: [], distance: -above, halfGap });
    }
  }
  const byDistance = (a: Party, b: Party): number => b.distance - a.distance;
  return pair(round, senders.sort(byDistance), recipients.sort(byDistance));
}

/** Both lists are in the order of their distances, the farthest first, and are used up. */
function pair(round: MemoryRound, senders: Party[], recipients: Party[]): Move[] {
  const moves: Move[] = [];
  for (let sender = senders[0]; sender !== undefined && recipients.length > 0; sender = senders[0]) {
    const task = sender.tasks.pop();
    if (task === undefined) {
      senders.shift();
      continue;
    }
    const place = task.nbytes > sender.distance ? -1 : findRecipient(round, task, recipients);
    const recipient = recipients[place];
    if (recipient === undefined) continue;
    moves.push({ task, from: sender.worker, to: recipient.worker });
    comeNearer(senders, 0, task.nbytes);
    comeNearer(recipients, place, task.nbytes);
  }
  return moves;
}

/** The place of the farthest one that has room and no copy; -1 if there is none. */
function findRecipient(round: MemoryRound, task: PlacedTask, recipients: readonly Party[]): number {
  const holders = round.holdersOf(task);
  for (let place = 0; place < recipients.length; place += 1) {
    const { worker, distance } = recipients[place] as Party;
    if (distance < task.nbytes) return -1;
    if (!holders.includes(worker)) return place;
  }
  return -1;
}

/** One of `parties` is nearer to the mean by so many bytes: it moves back in the list, or leaves it. */
function comeNearer(parties: Party[], place: number, nbytes: number): void {
  const party = parties[place] as Party;
  party.distance -= nbytes;
  if (party.distance <= party.halfGap) {
    parties.splice(place, 1);
    return;
  }
  for (let next = parties[place + 1]; next !== undefined && next.distance > party.distance; next = parties[place + 1]) {
    parties[place] = next;
    place += 1;
    parties[place] = party;
  }
}
