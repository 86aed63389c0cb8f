import type { Random } from './random.js';

/** One simulated process: a clock of its own, an event loop, and an end. */
export class SimProcess {
  readonly name: string;
  /** What this process draws. */
  readonly random: Random;
  /** What its clock is ahead of the world's, in milliseconds. */
  readonly clockOffsetMs: number;
  /** Ended: nothing happens in it any more. */
  isDead = false;
  /** Stopped until this moment, in milliseconds of the world: what happens meanwhile waits. */
  stoppedUntil = 0;
  /** Bytes that the process takes besides its results. */
  unmanagedBytes = 50_000_000;
  /** Bytes of results in its memory; asked by whoever wants to know how large the process is. */
  managedBytes: () => number = () => 0;
  /** What the end of this turn of its event loop is to do, in order. */
  immediates: SimImmediate[] = [];
  /** Whether a turn is about to end. */
  isTurnEnding = false;

  constructor(name: string, options: { readonly random: Random; readonly clockOffsetMs?: number }) {
    this.name = name;
    this.random = options.random;
    this.clockOffsetMs = options.clockOffsetMs ?? 0;
  }

  /** Bytes of the process as its operating system counts them. */
  get rss(): number {
    return this.unmanagedBytes + this.managedBytes();
  }
}

/** What `setImmediate` was given. */
export interface SimImmediate {
  readonly run: () => void;
  isCancelled: boolean;
}
