import { runsBefore, type LocalTask } from '../local-task.js';

/**
 * Tasks that one peer could send, the most urgent first.
 *
 * A task stands in the heap of each peer that has a copy. It is not taken out of the others when one of them sends it:
 * whoever takes the head checks that it is still to be fetched.
 */
export class NeededHeap {
  readonly #tasks: LocalTask[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  peek(): LocalTask | undefined {
    return this.#tasks[0];
  }

  push(task: LocalTask): void {
    const tasks = this.#tasks;
    let index = tasks.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = tasks[parentIndex] as LocalTask;
      if (!runsBefore(task, parent)) break;
      tasks[index] = parent;
      index = parentIndex;
    }
    tasks[index] = task;
  }

  pop(): LocalTask | undefined {
    const tasks = this.#tasks;
    const first = tasks[0];
    const last = tasks.pop();
    if (first === undefined || last === undefined || tasks.length === 0) return first;
    const { length } = tasks;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      if (childIndex >= length) break;
      const right = tasks[childIndex + 1];
      if (right !== undefined && runsBefore(right, tasks[childIndex] as LocalTask)) childIndex += 1;
      const child = tasks[childIndex] as LocalTask;
      if (!runsBefore(child, last)) break;
      tasks[index] = child;
      index = childIndex;
    }
    tasks[index] = last;
    return first;
  }

  /** Takes everything out, in no particular order. */
  drain(): LocalTask[] {
    return this.#tasks.splice(0);
  }

  /** In no particular order. */
  values(): readonly LocalTask[] {
    return this.#tasks;
  }
}
