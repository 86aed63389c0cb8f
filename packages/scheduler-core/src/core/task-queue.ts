import { comparePriority, type TaskRecord } from './records.js';
import { STATE } from './task-state.js';

/** Below this many entries there is nothing to gain by sweeping. */
const SWEEP_MIN = 64;
/** So many served entries of the line are worth giving back. */
const CUT_MIN = 1024;

/**
 * Tasks in `queued`, the one to run next first.
 *
 * Nearly always tasks come in the order in which they are to run: those stand in a line, which costs next to nothing. The
 * others are in a binary heap beside it.
 *
 * Tasks that left `queued` in another way stay in here until they come up or are more than half of it, since finding one
 * in the middle would need its place in every record.
 */
export class TaskQueue {
  #heap: TaskRecord[] = [];
  /** From `#lineStart` on, in order of priority. */
  #line: TaskRecord[] = [];
  #lineStart = 0;
  #size = 0;

  /** How many tasks are in `queued`. */
  get size(): number {
    return this.#size;
  }

  /** Adds a task that has just entered `queued`. */
  push(task: TaskRecord): void {
    this.#size += 1;
    const line = this.#line;
    if (line.length === 0 || comparePriority(line[line.length - 1] as TaskRecord, task) <= 0) line.push(task);
    else this.#pushToHeap(task);
  }

  /** The task to run next; it stays. */
  peek(): TaskRecord | undefined {
    const first = this.#firstOfHeap();
    const next = this.#firstOfLine();
    if (first === undefined || next === undefined) return first ?? next;
    return comparePriority(first, next) < 0 ? first : next;
  }

  /** To be told of a task that has just left `queued`. */
  noteLeft(): void {
    this.#size -= 1;
    const entries = this.#heap.length + this.#line.length - this.#lineStart;
    if (this.#size === 0) {
      this.#heap = [];
      this.#line = [];
      this.#lineStart = 0;
    } else if (entries > SWEEP_MIN && entries > 2 * this.#size) this.#sweep();
  }

  /** In no order. */
  *values(): Generator<TaskRecord> {
    // A task that left and came again may be here twice.
    const seen = new Set<TaskRecord>();
    for (const entries of [this.#line.slice(this.#lineStart), this.#heap]) {
      for (const task of entries) {
        if (task.state !== STATE.queued || seen.has(task)) continue;
        seen.add(task);
        yield task;
      }
    }
  }

  #sweep(): void {
    this.#line = [...this.values()].sort(comparePriority);
    this.#lineStart = 0;
    this.#heap = [];
  }

  #firstOfLine(): TaskRecord | undefined {
    const line = this.#line;
    while (this.#lineStart < line.length) {
      const first = line[this.#lineStart] as TaskRecord;
      if (first.state === STATE.queued) return first;
      this.#lineStart += 1;
      if (this.#lineStart >= CUT_MIN && 2 * this.#lineStart > line.length) this.#cutLine();
    }
    return undefined;
  }

  /** Gives the part of the line back that has been served. */
  #cutLine(): void {
    this.#line.splice(0, this.#lineStart);
    this.#lineStart = 0;
  }

  #firstOfHeap(): TaskRecord | undefined {
    const heap = this.#heap;
    while (heap.length > 0) {
      const first = heap[0] as TaskRecord;
      if (first.state === STATE.queued) return first;
      this.#dropFirst();
    }
    return undefined;
  }

  #pushToHeap(task: TaskRecord): void {
    const heap = this.#heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as TaskRecord;
      if (comparePriority(parent, task) <= 0) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = task;
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as TaskRecord;
    const length = heap.length;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && comparePriority(heap[right] as TaskRecord, heap[child] as TaskRecord) < 0) child = right;
      const smaller = heap[child] as TaskRecord;
      if (comparePriority(last, smaller) <= 0) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
  }
}
