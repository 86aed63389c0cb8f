import { STATE_NAMES, type StateCode, type TaskStateName } from './task-state.js';
import type { TaskRecord } from './records.js';

/** One step of one task, as people read it. */
export interface StoryStep {
  readonly key: string;
  readonly from: TaskStateName;
  readonly to: TaskStateName;
  /** What caused it: `${stimulus}-${number}`. */
  readonly stimulusId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The last transitions, in a ring of typed arrays: writing one costs a few stores, and nothing for the collector. */
export class Story {
  readonly #length: number;
  /** Keys and not ids: people ask for tasks that are long forgotten. */
  readonly #keys: string[] = [];
  readonly #steps: Uint8Array;
  readonly #stimuli: Float64Array;
  readonly #ops: Uint8Array;
  readonly #times: Float64Array;
  readonly #opNames: string[] = [];
  #next = 0;

  constructor(length: number) {
    this.#length = length;
    this.#steps = new Uint8Array(length);
    this.#stimuli = new Float64Array(length);
    this.#ops = new Uint8Array(length);
    this.#times = new Float64Array(length);
  }

  /** The number under which a kind of stimulus is remembered. */
  opNumber(name: string): number {
    const known = this.#opNames.indexOf(name);
    return known >= 0 ? known : this.#opNames.push(name) - 1;
  }

  record(
    task: TaskRecord,
    from: StateCode,
    to: StateCode,
    cause: { stimulusId: number; opNumber: number; at: number },
  ): void {
    if (this.#length === 0) return;
    const row = this.#next;
    this.#next = row + 1 === this.#length ? 0 : row + 1;
    this.#keys[row] = task.key;
    this.#steps[row] = (from << 4) | to;
    this.#stimuli[row] = cause.stimulusId;
    this.#ops[row] = cause.opNumber;
    this.#times[row] = cause.at;
  }

  /** The remembered steps of these keys, oldest first. */
  of(keys: ReadonlySet<string>): StoryStep[] {
    const steps: StoryStep[] = [];
    const count = this.#keys.length;
    const first = count < this.#length ? 0 : this.#next;
    for (let offset = 0; offset < count; offset += 1) {
      const row = (first + offset) % count;
      const key = this.#keys[row] as string;
      if (keys.has(key)) steps.push(this.#stepAt(row, key));
    }
    return steps;
  }

  /** How many steps are remembered. */
  get size(): number {
    return this.#keys.length;
  }

  /** Where the next step will be written. */
  get position(): number {
    return this.#next;
  }

  /** The steps that were written since the story was at `position`; not more than are remembered. */
  since(position: number): StoryStep[] {
    const steps: StoryStep[] = [];
    for (let row = position; row !== this.#next; row = row + 1 === this.#length ? 0 : row + 1) {
      steps.push(this.#stepAt(row, this.#keys[row] as string));
    }
    return steps;
  }

  /** Of which tasks steps were written since the story was at `position`, once for each step. */
  *keysSince(position: number): Generator<string> {
    for (let row = position; row !== this.#next; row = row + 1 === this.#length ? 0 : row + 1) {
      yield this.#keys[row] as string;
    }
  }

  /** Remembered steps of all keys, oldest first, from a place on. */
  slice(start: number, end: number): StoryStep[] {
    const count = this.#keys.length;
    const first = count < this.#length ? 0 : this.#next;
    const steps: StoryStep[] = [];
    for (let offset = start; offset < Math.min(end, count); offset += 1) {
      const row = (first + offset) % count;
      steps.push(this.#stepAt(row, this.#keys[row] as string));
    }
    return steps;
  }

  #stepAt(row: number, key: string): StoryStep {
    const step = this.#steps[row] as number;
    return {
      key,
      from: STATE_NAMES[step >> 4] as TaskStateName,
      to: STATE_NAMES[step & 15] as TaskStateName,
      stimulusId: `${this.#opNames[this.#ops[row] as number] ?? ''}-${String(this.#stimuli[row])}`,
      at: this.#times[row] as number,
    };
  }
}
