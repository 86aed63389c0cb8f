import type { TaskRecord, WorkerAbout, WorkerRecord } from './records.js';

/** One run of one task, as people read it. */
export interface TaskRun {
  readonly key: string;
  /** The address of the worker. */
  readonly worker: string;
  /** Milliseconds since the epoch, on the scheduler's clock. */
  readonly start: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The size of the result in bytes; 0 for a run that failed. */
  readonly nbytes: number;
  /** The number of the kind of result; -1 for a run that failed. */
  readonly typeId: number;
}

/** A run that has just ended. Read at once. */
export interface EndedRun {
  /** Milliseconds since the epoch, on the scheduler's clock. */
  readonly startMs: number;
  readonly durationMs: number;
  /** 0 for a run that failed. */
  readonly nbytes: number;
  /** -1 for a run that failed. */
  readonly typeId: number;
}

/** Which runs are asked for. */
export interface TaskStreamQuery {
  /** Only runs recorded after so many others, as a former answer said; 0: all that are remembered. */
  readonly after: number;
  /** Only runs that had not ended at this time. */
  readonly from: number;
  /** Only runs that had begun by this time. */
  readonly to: number;
  /** The last so many of them. */
  readonly count: number;
}

/**
 * What ran where and when: the last runs, in a ring of typed arrays. Records nothing before somebody has asked: even so
 * little costs a tenth of a microsecond for each task.
 */
export class TaskStream {
  readonly #length: number;
  readonly #keys: string[] = [];
  readonly #workers: WorkerAbout[] = [];
  #starts = new Float64Array();
  #durations = new Float64Array();
  #sizes = new Float64Array();
  #types = new Int32Array();
  #isOn = false;
  #next = 0;
  #total = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** Records from now on. Idempotent. */
  start(): void {
    if (this.#isOn || this.#length === 0) return;
    this.#isOn = true;
    this.#starts = new Float64Array(this.#length);
    this.#durations = new Float64Array(this.#length);
    this.#sizes = new Float64Array(this.#length);
    this.#types = new Int32Array(this.#length);
  }

  /** How many runs were recorded, remembered or not. */
  get total(): number {
    return this.#total;
  }

  record({ key }: TaskRecord, worker: WorkerRecord, run: EndedRun): void {
    if (!this.#isOn) return;
    this.#total += 1;
    const row = this.#next;
    this.#next = row + 1 === this.#length ? 0 : row + 1;
    this.#keys[row] = key;
    this.#workers[row] = worker.about;
    this.#starts[row] = run.startMs;
    this.#durations[row] = run.durationMs;
    this.#sizes[row] = run.nbytes;
    this.#types[row] = run.typeId;
  }

  /** The runs that fit, in the order in which the scheduler heard of them. */
  select({ after, from, to, count }: TaskStreamQuery): TaskRun[] {
    const runs: TaskRun[] = [];
    const kept = this.#keys.length;
    // The newest first: who asks for the last few is not to wait for all.
    for (let back = 1; back <= Math.min(kept, this.#total - after) && runs.length < count; back += 1) {
      const row = (this.#next - back + this.#length) % this.#length;
      const start = this.#starts[row] as number;
      const duration = this.#durations[row] as number;
      if (start + duration < from || start > to) continue;
      runs.push({
        key: this.#keys[row] as string,
        worker: (this.#workers[row] as WorkerAbout).address,
        start,
        duration,
        nbytes: this.#sizes[row] as number,
        typeId: this.#types[row] as number,
      });
    }
    return runs.reverse();
  }
}
