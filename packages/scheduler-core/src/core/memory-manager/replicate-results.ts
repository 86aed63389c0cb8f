import type { MemoryPolicy, MemoryRound, PlacedTask, PlacingWorker } from './memory-policy.js';
import { stays } from './retire-worker.js';

/** What is to be copied, and where. */
export interface ReplicateOrder {
  readonly tasks: Iterable<PlacedTask>;
  /** Copies of each; `null`: one on each of the workers. More than there are workers are as many as there are workers. */
  readonly copies: number | null;
  /** Where; `null`: on any. */
  readonly workers: readonly PlacingWorker[] | null;
  /** How many copies are made of each copy that there is, at a time. */
  readonly branchingFactor: number;
}

/** How often a worker may be asked for each copy that is wanted before that is given up. */
const ATTEMPTS_MAX = 3;

/**
 * Makes copies until there are enough: each holder serves a few workers at a time, which serve others then, so that no
 * holder has to serve all. Copies beyond what is wanted are dropped.
 *
 * @source dask.distributed `Scheduler.replicate`.
 */
export class ReplicateResults implements MemoryPolicy {
  readonly name = 'ReplicateResults';
  readonly #order: ReplicateOrder;
  readonly #open: Set<PlacedTask>;
  readonly #failed: PlacedTask[] = [];
  readonly #attempts = new Map<PlacedTask, number>();

  constructor(order: ReplicateOrder) {
    this.#order = order;
    this.#open = new Set(order.tasks);
  }

  /** Results that have fewer copies than they are to have. */
  get open(): Iterable<PlacedTask> {
    return this.#open;
  }

  /** How many those are. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Results that were lost on the way, or that nobody took. */
  get failed(): readonly PlacedTask[] {
    return this.#failed;
  }

  run(round: MemoryRound): void {
    const places = new Set((this.#order.workers ?? round.workers).filter(stays));
    for (const task of this.#open) this.#copy(round, task, places);
  }

  #copy(round: MemoryRound, task: PlacedTask, places: ReadonlySet<PlacingWorker>): void {
    const holders = round.holdersOf(task);
    const inPlace = holders.filter((holder) => places.has(holder));
    const goal = Math.min(this.#order.copies ?? places.size, places.size);
    if (holders.length > 0 && inPlace.length >= goal) {
      for (let excess = inPlace.length - goal; excess > 0; excess -= 1) if (round.drop(task, inPlace) === null) break;
      this.#open.delete(task);
      return;
    }
    const pending = round.copyCount(task) - holders.length;
    const room = Math.min(goal - inPlace.length, this.#order.branchingFactor * holders.length) - pending;
    const asked = this.#ask(round, task, room);
    const attempts = (this.#attempts.get(task) ?? 0) + asked;
    this.#attempts.set(task, attempts);
    if (pending + asked > 0 && attempts <= ATTEMPTS_MAX * goal) return;
    this.#open.delete(task);
    this.#failed.push(task);
  }

  #ask(round: MemoryRound, task: PlacedTask, room: number): number {
    const candidates = this.#order.workers ?? undefined;
    for (let asked = 0; asked < room; asked += 1) if (round.replicate(task, candidates) === null) return asked;
    return Math.max(0, room);
  }
}
