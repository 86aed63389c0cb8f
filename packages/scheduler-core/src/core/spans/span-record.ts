import { STATE, STATE_COUNT, type StateCode } from '../task-state.js';

/** What became of the tasks of one prefix in a span. */
export interface PrefixRuns {
  /** Runs that gave a result, and runs that threw. */
  finished: number;
  failed: number;
  /** Milliseconds of all of these. */
  durationMs: number;
  /** Bytes of the results. */
  outputBytes: number;
  /** Bytes that workers had to get from others for them, about. */
  transferredBytes: number;
}

/** More prefixes than this in one span are counted as one. */
const PREFIXES_MAX = 1000;

/** Stands for the prefixes that there is no room for. */
const OTHERS = 'other';

/** A piece of a program that tasks were submitted from, and what they cost. Without what is inside of its children. */
export class SpanRecord {
  /** Unique in the scheduler's life; from 1 on. */
  readonly number: number;
  /** The client's name for it, which is unique. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly parent: SpanRecord | null;
  childCount = 0;
  /** When the first task was submitted, in milliseconds since the epoch. */
  readonly enqueuedAt: number;
  /** When the first run began, and the last one ended; 0 before any did. */
  startMs = 0;
  stopMs = 0;
  /** How many of its tasks are in each state; of those that were forgotten, how many ever were. */
  readonly stateCounts = new Array<number>(STATE_COUNT).fill(0);
  /** Bytes of its results that are on workers now, each once. */
  storedBytes = 0;
  readonly prefixes = new Map<string, PrefixRuns>();

  constructor(parts: Pick<SpanRecord, 'number' | 'id' | 'name' | 'parent' | 'enqueuedAt'>) {
    this.number = parts.number;
    this.id = parts.id;
    this.name = parts.name;
    this.parent = parts.parent;
    this.enqueuedAt = parts.enqueuedAt;
  }

  /** Whether no task of it is left, and nothing within it. */
  get isOver(): boolean {
    return this.childCount === 0 && this.stateCounts.every((count, code) => count === 0 || code === STATE.forgotten);
  }

  /** A task of it is new. */
  join(): void {
    this.stateCounts[STATE.released] = (this.stateCounts[STATE.released] as number) + 1;
  }

  /** A task is of it that was there before that was known. `nbytes`: of its result. */
  adopt(state: StateCode, nbytes: number): void {
    this.stateCounts[state] = (this.stateCounts[state] as number) + 1;
    if (state === STATE.memory) this.storedBytes += nbytes;
  }

  /** A task of it that is new was turned away. */
  unjoin(): void {
    this.stateCounts[STATE.released] = (this.stateCounts[STATE.released] as number) - 1;
  }

  /** A task of it went from one state to another. `nbytes`: of its result. */
  step(from: StateCode, to: StateCode, nbytes: number): void {
    this.stateCounts[from] = (this.stateCounts[from] as number) - 1;
    this.stateCounts[to] = (this.stateCounts[to] as number) + 1;
    if (to === STATE.memory) this.storedBytes += nbytes;
    else if (from === STATE.memory) this.storedBytes -= nbytes;
  }

  /** A task of it has run. `nbytes`: of its result; `null`: it threw. */
  ran(
    prefix: string,
    run: { readonly startMs: number; readonly durationMs: number; readonly nbytes: number | null },
    transferredBytes: number,
  ): void {
    const runs = this.#runsOf(prefix);
    if (run.nbytes === null) runs.failed += 1;
    else {
      runs.finished += 1;
      runs.outputBytes += run.nbytes;
    }
    runs.durationMs += run.durationMs;
    runs.transferredBytes += transferredBytes;
    // A run that was lost before it began has no times.
    if (run.startMs === 0) return;
    if (this.startMs === 0 || run.startMs < this.startMs) this.startMs = run.startMs;
    this.stopMs = Math.max(this.stopMs, run.startMs + run.durationMs);
  }

  #runsOf(prefix: string): PrefixRuns {
    const known = this.prefixes.get(prefix);
    if (known !== undefined) return known;
    if (this.prefixes.size >= PREFIXES_MAX && prefix !== OTHERS) return this.#runsOf(OTHERS);
    const runs = { finished: 0, failed: 0, durationMs: 0, outputBytes: 0, transferredBytes: 0 };
    this.prefixes.set(prefix, runs);
    return runs;
  }
}
