import { runsBefore, type LocalTask } from '../local-task.js';

/** Tasks that could run now, the most urgent first. Each knows its place, so that any can be taken out. */
export class ReadyHeap {
  readonly #tasks: LocalTask[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  peek(): LocalTask | undefined {
    return this.#tasks[0];
  }

  push(task: LocalTask): void {
    this.#tasks.push(task);
    this.#rise(this.#tasks.length - 1, task);
  }

  remove(task: LocalTask): void {
    const index = task.heapIndex;
    task.heapIndex = -1;
    const last = this.#tasks.pop() as LocalTask;
    if (last === task) return;
    this.#sink(index, last);
    if (last.heapIndex === index) this.#rise(index, last);
  }

  /** In no particular order. */
  values(): readonly LocalTask[] {
    return this.#tasks;
  }

  #rise(start: number, task: LocalTask): void {
    const tasks = this.#tasks;
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = tasks[parentIndex] as LocalTask;
      if (!runsBefore(task, parent)) break;
      tasks[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    tasks[index] = task;
    task.heapIndex = index;
  }

  #sink(start: number, task: LocalTask): void {
    const tasks = this.#tasks;
    const { length } = tasks;
    let index = start;
    for (;;) {
      let childIndex = index * 2 + 1;
      if (childIndex >= length) break;
      let child = tasks[childIndex] as LocalTask;
      const right = tasks[childIndex + 1];
      if (right !== undefined && runsBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!runsBefore(child, task)) break;
      tasks[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    tasks[index] = task;
    task.heapIndex = index;
  }
}
