import type { MemoryPolicy } from '../../core/memory-manager/memory-policy.js';
import type { Stimulus } from '../../core/stimulus.js';

/** Something about where results are that takes several rounds until it is done. */
export interface Placement {
  /** What it does in a round. */
  readonly policy: MemoryPolicy;
  /** About how many results a round looks at. */
  readonly size: number;
  /** Called after each round: whether it is over. Who waits for it has been told then. */
  judge(now: number): boolean;
  /** It is not to go on. */
  giveUp(reason: string): void;
}

/** What placements need of the server. */
export interface PlacementParts {
  /** Milliseconds since the epoch. */
  now(): number;
  stimulate(stimulus: Stimulus): void;
}

/** Milliseconds between two rounds when workers have had something to say. */
const GAP_MS_MIN = 2;
const GAP_MS_MAX = 250;
const RESULTS_PER_GAP_MS = 40;
/** A round comes after so many milliseconds in any case: time may be up, or workers may have come. */
const ROUND_MS_MAX = 500;

/** Runs all placements that are under way, a round whenever something has changed and the last one is a moment ago. */
export class Placements {
  readonly #parts: PlacementParts;
  readonly #open = new Set<Placement>();
  #timer: NodeJS.Timeout | null = null;
  #isSoon = false;

  constructor(parts: PlacementParts) {
    this.#parts = parts;
  }

  /** Begins placements with a round, all at once: what one of them does the others see. */
  begin(placements: Iterable<Placement>): void {
    for (const placement of placements) this.#open.add(placement);
    this.#round();
  }

  /** Workers have said something: there may be something to do. Costs nothing if nothing is under way. */
  wake(): void {
    if (this.#open.size === 0 || this.#isSoon) return;
    this.#isSoon = true;
    let size = 0;
    for (const placement of this.#open) size += placement.size;
    this.#roundIn(Math.min(GAP_MS_MAX, Math.max(GAP_MS_MIN, size / RESULTS_PER_GAP_MS)));
  }

  /** Gives everything up. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const placement of this.#open) placement.giveUp('the scheduler closes');
    this.#open.clear();
  }

  #round(): void {
    this.#isSoon = false;
    this.#parts.stimulate({ op: 'manage-memory', policies: Array.from(this.#open, ({ policy }) => policy) });
    const now = this.#parts.now();
    for (const placement of this.#open) if (placement.judge(now)) this.#open.delete(placement);
    if (this.#open.size > 0) this.#roundIn(ROUND_MS_MAX);
  }

  #roundIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#round();
    }, ms);
  }
}
