import type { MessageWith } from '@grid/protocol';

type UpdateGraph = MessageWith<'update-graph'>;

/** One message of tasks that has been sent, or is to be. */
export interface Submission<Fn> {
  /** Without the functions and code that came along with it. */
  readonly message: UpdateGraph;
  /** What its tasks call. */
  readonly functions: readonly Fn[];
  /** Tasks of it that somebody here holds futures of. */
  holders: number;
  /** Later submissions that are kept and depend on it. */
  dependents: number;
  /** Earlier submissions that it depends on. */
  readonly sources: readonly Submission<Fn>[];
  isDropped: boolean;
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
  #submissions: Submission<Fn>[] = [];
  #dropped = 0;

  /** How many are kept. */
  get size(): number {
    return this.#submissions.length - this.#dropped;
  }

  /** Those that are kept, in the order in which they were made. */
  *kept(): Generator<Submission<Fn>> {
    for (const submission of this.#submissions) if (!submission.isDropped) yield submission;
  }

  add(message: UpdateGraph, functions: readonly Fn[]): void {
    const sources = this.#sourcesOf(message);
    for (const source of sources) source.dependents += 1;
    this.#submissions.push({
      message: { ...message, functions: [], units: [] },
      functions,
      holders: message.wanted === null ? message.keys.length : message.wanted.length,
      dependents: 0,
      sources,
      isDropped: false,
    });
  }

  /** Nobody here holds a future of this task any more. */
  release(id: number): void {
    const submission = this.#find(id);
    if (submission === undefined || submission.isDropped || submission.holders === 0) return;
    submission.holders -= 1;
    const open = [submission];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next.holders > 0 || next.dependents > 0) continue;
      next.isDropped = true;
      this.#dropped += 1;
      for (const source of next.sources) {
        source.dependents -= 1;
        open.push(source);
      }
    }
    if (this.#dropped > DROPPED_MAX && this.#dropped * 2 > this.#submissions.length) this.#sweep();
  }

  /** Whether the task of this number is in a submission that is kept. */
  has(id: number): boolean {
    return this.#find(id)?.isDropped === false;
  }

  #sourcesOf({ dependencies, firstId }: UpdateGraph): readonly Submission<Fn>[] {
    if (dependencies === null) return [];
    const sources = new Set<Submission<Fn>>();
    let last: Submission<Fn> | undefined;
    const { ids } = dependencies;
    for (let position = 0; position < ids.length; position += 1) {
      const id = ids[position] as number;
      if (id >= firstId || (last !== undefined && contains(last, id))) continue;
      last = this.#find(id);
      if (last?.isDropped === false) sources.add(last);
    }
    return [...sources];
  }

  #find(id: number): Submission<Fn> | undefined {
    const all = this.#submissions;
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] as Submission<Fn>).message.firstId <= id) low = middle + 1;
      else high = middle;
    }
    const found = all[low - 1];
    return found !== undefined && contains(found, id) ? found : undefined;
  }

  #sweep(): void {
    this.#submissions = this.#submissions.filter(({ isDropped }) => !isDropped);
    this.#dropped = 0;
  }
}

function contains({ message: { firstId, keys } }: Submission<unknown>, id: number): boolean {
  return id >= firstId && id < firstId + keys.length;
}
