/** Something that a task wrote. */
export interface OutputEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Address of the worker that ran it. */
  readonly worker: string;
  /** Position in `OUTPUT_SOURCES`. */
  readonly source: number;
  readonly text: string;
}

/** What is kept of one task's output, the oldest first. */
export interface TaskOutput {
  readonly entries: readonly OutputEntry[];
  /** How many older entries are not kept. */
  readonly missed: number;
}

/** How much is kept. Sizes are characters. */
export interface OutputLimits {
  /** Entries of one task. */
  readonly taskEntriesMax: number;
  /** Of one task. */
  readonly taskSizeMax: number;
  /** Of all tasks. */
  readonly sizeMax: number;
}

export const OUTPUT_LIMITS: OutputLimits = {
  taskEntriesMax: 1000,
  taskSizeMax: 256 * 1024,
  sizeMax: 64 * 1024 * 1024,
};

/** What an entry takes besides its text, about, in characters. */
const ENTRY_OVERHEAD = 64;

const NOTHING: TaskOutput = { entries: [], missed: 0 };

interface KeptOutput {
  readonly entries: OutputEntry[];
  size: number;
  missed: number;
}

/**
 * The last of what each task wrote, as long as the scheduler knows the task. Where it is too much in all, the tasks that
 * have been silent for longest lose theirs first.
 */
export class OutputBook {
  readonly #limits: OutputLimits;
  /** By task id; who wrote last is last. */
  readonly #tasks = new Map<number, KeptOutput>();
  /** Tasks of which nothing is kept any more, and how much there was. */
  readonly #lost = new Map<number, number>();
  #size = 0;

  constructor(limits: OutputLimits = OUTPUT_LIMITS) {
    this.#limits = limits;
  }

  /** How many tasks it knows. */
  get size(): number {
    return this.#tasks.size + this.#lost.size;
  }

  /** The tasks that it knows. */
  *taskIds(): Generator<number> {
    yield* this.#tasks.keys();
    yield* this.#lost.keys();
  }

  add(taskId: number, entry: OutputEntry): void {
    const kept = this.#tasks.get(taskId) ?? { entries: [], size: 0, missed: this.#lost.get(taskId) ?? 0 };
    this.#lost.delete(taskId);
    this.#tasks.delete(taskId);
    this.#tasks.set(taskId, kept);
    kept.entries.push(entry);
    this.#grow(kept, sizeOf(entry));
    const { taskEntriesMax, taskSizeMax } = this.#limits;
    // The newest stays, however long it is: its length has a bound of its own.
    while (kept.entries.length > taskEntriesMax || (kept.size > taskSizeMax && kept.entries.length > 1)) {
      this.#dropOldest(kept);
    }
    this.#makeRoom(taskId);
  }

  /** What is kept of a task's output. */
  of(taskId: number): TaskOutput {
    const missed = this.#lost.get(taskId);
    return this.#tasks.get(taskId) ?? (missed === undefined ? NOTHING : { entries: [], missed });
  }

  /** Nobody can ask for this task's output any more. */
  forget(taskId: number): void {
    this.#lost.delete(taskId);
    const kept = this.#tasks.get(taskId);
    if (kept === undefined) return;
    this.#size -= kept.size;
    this.#tasks.delete(taskId);
  }

  #makeRoom(writer: number): void {
    for (const [taskId, { entries, missed }] of this.#tasks) {
      if (this.#size <= this.#limits.sizeMax || taskId === writer) return;
      this.forget(taskId);
      this.#lost.set(taskId, missed + entries.length);
    }
  }

  #dropOldest(kept: KeptOutput): void {
    const oldest = kept.entries.shift();
    if (oldest === undefined) return;
    kept.missed += 1;
    this.#grow(kept, -sizeOf(oldest));
  }

  #grow(kept: KeptOutput, size: number): void {
    kept.size += size;
    this.#size += size;
  }
}

function sizeOf({ text }: OutputEntry): number {
  return text.length + ENTRY_OVERHEAD;
}
