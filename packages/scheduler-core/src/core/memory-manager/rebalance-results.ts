import type { MemoryPolicy, MemoryRound, PlacedTask, PlacingWorker } from './memory-policy.js';
import { planRebalance, type Move } from './plan-rebalance.js';

/** A move, and whether its recipient was asked. */
interface OpenMove extends Move {
  isAsked: boolean;
}

/**
 * Moves results from workers that use much memory to those that use little, by a plan that is made once: a copy first,
 * and when that is there, the one that it was made of is dropped.
 */
export class RebalanceResults implements MemoryPolicy {
  readonly name = 'RebalanceResults';
  readonly #tasks: ReadonlySet<PlacedTask> | null;
  readonly #workers: readonly PlacingWorker[] | null;
  #moves: Set<OpenMove> | null = null;
  #movedCount = 0;

  /**
   * @param tasks - What may be moved; `null`: everything.
   * @param workers - Between whom; `null`: all.
   */
  constructor(tasks: ReadonlySet<PlacedTask> | null, workers: readonly PlacingWorker[] | null) {
    this.#tasks = tasks;
    this.#workers = workers;
  }

  /** How many moves are not over. */
  get openCount(): number {
    return this.#moves?.size ?? 0;
  }

  /** How many results have been moved. */
  get movedCount(): number {
    return this.#movedCount;
  }

  run(round: MemoryRound): void {
    this.#moves ??= new Set(
      planRebalance(round, this.#tasks, this.#workers).map((move) => ({ ...move, isAsked: false })),
    );
    for (const move of this.#moves) if (this.#isOver(round, move)) this.#moves.delete(move);
  }

  #isOver(round: MemoryRound, move: OpenMove): boolean {
    const { task, from, to } = move;
    const holders = round.holdersOf(task);
    if (holders.includes(to)) {
      // Tasks that have come meanwhile may need the first one where it is.
      if (round.drop(task, [from]) !== null) this.#movedCount += 1;
      return true;
    }
    if (!holders.includes(from)) return true;
    if (move.isAsked) return round.copyCount(task) === holders.length;
    move.isAsked = true;
    return round.replicate(task, [to]) === null;
  }
}
