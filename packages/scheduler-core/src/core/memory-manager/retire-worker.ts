import type { MemoryPolicy, MemoryRound, PlacedTask, PlacingWorker } from './memory-policy.js';

/**
 * Moves all results off a worker that is to leave: those that nobody else has are copied, those that somebody has are
 * dropped, so that spilled ones find room on their way out. Actors stay where they are.
 *
 * @source dask.distributed `RetireWorker`.
 */
export class RetireWorker implements MemoryPolicy {
  readonly name = 'RetireWorker';
  readonly #worker: PlacingWorker;
  #moving = 0;
  #homeless = 0;
  #pinned: string[] = [];

  constructor(worker: PlacingWorker) {
    this.#worker = worker;
  }

  /** How many results have no copy yet on a worker that stays, as of the last round. */
  get moving(): number {
    return this.#moving;
  }

  /** How many of those nobody can take. */
  get homeless(): number {
    return this.#homeless;
  }

  /** The keys of actors that live there, as of the last round. */
  get pinned(): readonly string[] {
    return this.#pinned;
  }

  run(round: MemoryRound): void {
    this.#moving = 0;
    this.#homeless = 0;
    this.#pinned = [];
    for (const task of round.tasksOn(this.#worker)) {
      if (round.isPinned(task, this.#worker)) this.#pinned.push(task.key);
      else if (round.holdersOf(task).some(stays)) round.drop(task, [this.#worker]);
      else this.#move(round, task);
    }
  }

  #move(round: MemoryRound, task: PlacedTask): void {
    this.#moving += 1;
    // Somebody is getting it already; those that were asked take data, and so stay.
    if (round.copyCount(task) > round.holdersOf(task).length) return;
    if (round.replicate(task) === null) this.#homeless += 1;
  }
}

/** Whether a worker is going to be there still. */
export function stays({ status }: PlacingWorker): boolean {
  return status === 'running' || status === 'paused';
}
