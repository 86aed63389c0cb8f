import { TASK_STATES } from './activity.js';
import type { LocalTask } from './local-task.js';
import { STIMULUS_TYPES, type Stimulus } from './stimulus.js';

/** One step of one task. */
export interface StoryRow {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Printed: the word of the stimulus and its number. */
  readonly stimulusId: string;
  /** Milliseconds, on this worker's clock. */
  readonly at: number;
}

/** The last steps of all tasks, for people who ask how something came about. Rendered only when asked. */
export class Story {
  readonly #capacity: number;
  readonly #tasks: (LocalTask | null)[];
  readonly #from: Uint8Array;
  readonly #to: Uint8Array;
  readonly #types: Uint8Array;
  readonly #stimulusIds: Float64Array;
  readonly #times: Float64Array;
  #count = 0;
  #type = 0;
  #stimulusId = 0;
  #at = 0;

  /** @param capacity - steps to remember */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#tasks = new Array<LocalTask | null>(capacity).fill(null);
    this.#from = new Uint8Array(capacity);
    this.#to = new Uint8Array(capacity);
    this.#types = new Uint8Array(capacity);
    this.#stimulusIds = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
  }

  /** Says what the steps from now on are owed to. */
  begin(type: Stimulus['type'], stimulusId: number, at: number): void {
    this.#type = STIMULUS_TYPES.indexOf(type);
    this.#stimulusId = stimulusId;
    this.#at = at;
  }

  /** @param from - @param to - positions in {@link TASK_STATES} */
  add(task: LocalTask, from: number, to: number): void {
    const slot = this.#count % this.#capacity;
    this.#tasks[slot] = task;
    this.#from[slot] = from;
    this.#to[slot] = to;
    this.#types[slot] = this.#type;
    this.#stimulusIds[slot] = this.#stimulusId;
    this.#times[slot] = this.#at;
    this.#count += 1;
  }

  /** How many steps there have been. */
  get count(): number {
    return this.#count;
  }

  /** The steps after the first `count`, as far as they are remembered. */
  since(count: number): StoryRow[] {
    const rows: StoryRow[] = [];
    for (let index = Math.max(count, this.#count - this.#capacity); index < this.#count; index += 1) {
      rows.push(...this.#rowAt(index % this.#capacity));
    }
    return rows;
  }

  /** Of which tasks there were steps after the first `count`, once for each step, as far as they are remembered. */
  *tasksSince(count: number): Generator<LocalTask> {
    for (let index = Math.max(count, this.#count - this.#capacity); index < this.#count; index += 1) {
      const task = this.#tasks[index % this.#capacity];
      if (task !== undefined && task !== null) yield task;
    }
  }

  /** Steps of these keys, or of all, the oldest first. */
  rows(keys?: ReadonlySet<string>): StoryRow[] {
    const rows: StoryRow[] = [];
    for (let index = Math.max(0, this.#count - this.#capacity); index < this.#count; index += 1) {
      const slot = index % this.#capacity;
      const key = this.#tasks[slot]?.key;
      if (key === undefined || keys?.has(key) === false) continue;
      rows.push(...this.#rowAt(slot));
    }
    return rows;
  }

  /** None if nothing was written there. */
  #rowAt(slot: number): readonly StoryRow[] {
    const key = this.#tasks[slot]?.key;
    if (key === undefined) return [];
    const row = {
      key,
      from: TASK_STATES[this.#from[slot] as number] as string,
      to: TASK_STATES[this.#to[slot] as number] as string,
      stimulusId: `${STIMULUS_TYPES[this.#types[slot] as number] as string}-${String(this.#stimulusIds[slot])}`,
      at: this.#times[slot] as number,
    };
    return [row];
  }
}
