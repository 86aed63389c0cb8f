import type { MessageWith } from '@grid/protocol';

type UpdateGraph = MessageWith<'update-graph'>;

/** One message of tasks that has been sent, or is to be. */
export interface Submission<Fn> {
  /** Without the functions and code that came along with it. */
  readonly message: UpdateGraph;
  /** What its tasks call. */
  readonly functions: readonly Fn[];
}

interface Entry<Fn> {
  /** The numbers of its tasks are from here on, and below the second one. */
  readonly firstId: number;
  readonly endId: number;
  /** `null`: it was dropped. Entries are taken out many at a time, but what they hold may be large. */
  submission: Submission<Fn> | null;
  /** Tasks of it that somebody here holds futures of. */
  holders: number;
  /** Later submissions that are kept and depend on it. */
  dependents: number;
  /** Earlier submissions that it depends on. */
  sources: readonly Entry<Fn>[];
}

/** Dropped ones are taken out when they are more than these, and more than the others. */
const DROPPED_MAX = 64;

/**
 * What a client has submitted, for a scheduler in place of the one that it was submitted to.
 *
 * A submission is kept as long as somebody holds a future of one of its tasks, or one that is kept depends on it. Numbers of
 * tasks rise from one submission to the next.
 */
export class SubmissionLog<Fn> {
  #entries: Entry<Fn>[] = [];
  #dropped = 0;

  /** How many are kept. */
  get size(): number {
    return this.#entries.length - this.#dropped;
  }

  /** Those that are kept, in the order in which they were made. */
  *kept(): Generator<Submission<Fn>> {
    for (const { submission } of this.#entries) if (submission !== null) yield submission;
  }

  add(message: UpdateGraph, functions: readonly Fn[]): void {
    const sources = this.#sourcesOf(message);
    for (const source of sources) source.dependents += 1;
    this.#entries.push({
      firstId: message.firstId,
      endId: message.firstId + message.keys.length,
      submission: { message: { ...message, functions: [], units: [] }, functions },
      holders: message.wanted === null ? message.keys.length : message.wanted.length,
      dependents: 0,
      sources,
    });
  }

  /** Nobody here holds a future of this task any more. */
  release(id: number): void {
    const entry = this.#find(id);
    if (entry === undefined || entry.submission === null || entry.holders === 0) return;
    entry.holders -= 1;
    const open = [entry];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.holders > 0 || next.dependents > 0) continue;
      const { sources } = next;
      next.submission = null;
      next.sources = [];
      this.#dropped += 1;
      for (const source of sources) {
        source.dependents -= 1;
        open.push(source);
      }
    }
    if (this.#dropped > DROPPED_MAX && this.#dropped * 2 > this.#entries.length) this.#sweep();
  }

  /** Whether the task of this number is in a submission that is kept. */
  has(id: number): boolean {
    return (this.#find(id)?.submission ?? null) !== null;
  }

  /** What the task of this number depends on; nothing if that is not kept. */
  dependenciesOf(id: number): readonly number[] {
    const entry = this.#find(id);
    const dependencies = entry?.submission?.message.dependencies ?? null;
    if (entry === undefined || dependencies === null) return [];
    const row = id - entry.firstId;
    const ids: number[] = [];
    for (
      let at = row === 0 ? 0 : (dependencies.ends[row - 1] as number);
      at < (dependencies.ends[row] as number);
      at += 1
    )
      ids.push(dependencies.ids[at] as number);
    return ids;
  }

  #sourcesOf({ dependencies, firstId }: UpdateGraph): readonly Entry<Fn>[] {
    if (dependencies === null) return [];
    const sources = new Set<Entry<Fn>>();
    let last: Entry<Fn> | undefined;
    const { ids } = dependencies;
    for (let position = 0; position < ids.length; position += 1) {
      const id = ids[position] as number;
      if (id >= firstId || (last !== undefined && contains(last, id))) continue;
      last = this.#find(id);
      if (last !== undefined && last.submission !== null) sources.add(last);
    }
    return [...sources];
  }

  #find(id: number): Entry<Fn> | undefined {
    const all = this.#entries;
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] as Entry<Fn>).firstId <= id) low = middle + 1;
      else high = middle;
    }
    const found = all[low - 1];
    return found !== undefined && contains(found, id) ? found : undefined;
  }

  #sweep(): void {
    this.#entries = this.#entries.filter(({ submission }) => submission !== null);
    this.#dropped = 0;
  }
}

function contains({ firstId, endId }: Entry<unknown>, id: number): boolean {
  return id >= firstId && id < endId;
}
