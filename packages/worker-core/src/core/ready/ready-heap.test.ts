import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { NeededHeap } from '../gather/needed-heap.js';
import { LocalTask, runsBefore } from '../local-task.js';
import { ReadyHeap } from './ready-heap.js';

function taskOf([priority, order]: readonly [number, number], index: number): LocalTask {
  const task = new LocalTask(index);
  task.priority = priority;
  task.order = order;
  task.counter = -index;
  return task;
}

const arbitraryTasks = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5 })), {
  maxLength: 60,
});

function sorted(tasks: readonly LocalTask[]): number[] {
  return [...tasks].sort((a, b) => (runsBefore(a, b) ? -1 : 1)).map(({ taskId }) => taskId);
}

describe('ReadyHeap', () => {
  it('gives tasks in order, whatever is taken out in between', () => {
    fc.assert(
      fc.property(arbitraryTasks, fc.array(fc.nat(59)), (keys, removed) => {
        const tasks = keys.map(taskOf);
        const heap = new ReadyHeap();
        for (const task of tasks) heap.push(task);
        const left = new Set(tasks);
        for (const index of removed) {
          const task = tasks[index];
          if (task !== undefined && left.delete(task)) heap.remove(task);
        }
        const order: number[] = [];
        for (let task = heap.peek(); task !== undefined; task = heap.peek()) {
          order.push(task.taskId);
          heap.remove(task);
        }
        expect(order).toEqual(sorted([...left]));
        expect(heap.size).toBe(0);
      }),
    );
  });
});

describe('NeededHeap', () => {
  it('gives tasks in order', () => {
    fc.assert(
      fc.property(arbitraryTasks, (keys) => {
        const tasks = keys.map(taskOf);
        const heap = new NeededHeap();
        for (const task of tasks) heap.push(task);
        expect(heap.peek()?.taskId).toBe(sorted(tasks)[0]);
        expect(Array.from(tasks, () => heap.pop()?.taskId)).toEqual(sorted(tasks));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
