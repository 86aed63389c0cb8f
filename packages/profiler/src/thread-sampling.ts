import { performance } from 'node:perf_hooks';

import { FORGET_OPTIMIZED, mayForgetOptimized } from './forget-optimized.js';
import type { V8Profile } from './v8-profile.js';

/** How the profiler of a thread is spoken to. */
export interface ProfilerLine {
  /** Settles with the answer; with `null` if the thread is gone or refuses. */
  ask(method: string, params?: object): Promise<object | null>;
}

/** A profile of V8, and when it began: milliseconds since the epoch. */
export interface TimedProfile {
  readonly startedAt: number;
  readonly profile: V8Profile;
}

/** A piece is no shorter than this unless somebody asks for what was sampled. Milliseconds. */
const PIECE_MIN_MS = 60_000;

/** Samples of one piece are kept by V8 until it ends. Milliseconds. */
const PIECE_MAX_MS = 300_000;

/** A piece lasts so many times what it takes to begin one; and so many times when somebody asks. */
const PIECE_PER_START = 500;
const ASKED_PIECE_PER_START = 10;

/**
 * Samples another thread, a piece of time after another.
 *
 * To begin a piece V8 goes through the thread's whole heap for code: 10 ms, and 0.7 ms more for each MB. So pieces of threads
 * with large heaps are longer. Nothing is evaluated in the thread: that might undo that it is being ended.
 */
export class ThreadSampling {
  readonly #line: ProfilerLine;
  #isOn = false;
  #isTurning = false;
  #startedAt = 0;
  #startMs = 0;

  constructor(line: ProfilerLine) {
    this.#line = line;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether it is time to take what was sampled. */
  get isDue(): boolean {
    const pieceMs = Math.min(PIECE_MAX_MS, Math.max(PIECE_MIN_MS, this.#startMs * PIECE_PER_START));
    return this.#isOn && now() - this.#startedAt >= pieceMs;
  }

  async start(intervalMs: number): Promise<void> {
    this.#isOn = true;
    await this.#line.ask('Profiler.enable');
    await this.#line.ask('Profiler.setSamplingInterval', { interval: intervalMs * 1000 });
    await this.#begin();
  }

  /**
   * Ends the piece, of which there is nothing if the thread is gone, and begins the next one. Who asks while that is under way
   * gets nothing: whoever asked first has it; nor does one who asks again so soon that the thread would do little else.
   *
   * @param isLast - no other one is to begin
   */
  async take(isLast = false): Promise<TimedProfile | null> {
    if (!this.#isOn || this.#isTurning) return null;
    if (!isLast && now() - this.#startedAt < this.#startMs * ASKED_PIECE_PER_START) return null;
    this.#isTurning = true;
    try {
      const ended = (await this.#line.ask('Profiler.stop')) as { readonly profile?: V8Profile } | null;
      const endedAt = now();
      if (isLast) this.#isOn = false;
      else await this.#begin();
      const profile = ended?.profile;
      if (profile === undefined) return null;
      return { profile, startedAt: endedAt - (profile.endTime - profile.startTime) / 1000 };
    } finally {
      this.#isTurning = false;
    }
  }

  async #begin(): Promise<void> {
    this.#startedAt = now();
    await this.#line.ask('Profiler.start');
    if (mayForgetOptimized()) for (const [method, params] of FORGET_OPTIMIZED) await this.#line.ask(method, params);
    this.#startMs = now() - this.#startedAt;
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
