import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { GraphBlock } from './graph-block.js';
import { comparePriority, TaskRecord } from './records.js';
import { TaskGroup } from './task-group.js';
import { TaskPrefix } from './task-prefix.js';
import { TaskQueue } from './task-queue.js';
import { STATE } from './task-state.js';

const group = new TaskGroup('g', new TaskPrefix('g', 0, 500));

function taskWith(id: number, priority: number): TaskRecord {
  const options = {
    priority,
    fifoTimeoutMs: 0,
    retries: 0,
    workers: [],
    allowOtherWorkers: false,
    timeoutMs: 0,
    resources: null,
    actor: null,
    span: null,
    custom: null,
  };
  const graph = new GraphBlock({
    graphId: 0,
    functionIds: 0,
    args: { block: new Uint8Array(), ends: [], buffers: null },
    order: null,
    options,
  });
  return new TaskRecord(id, `t${String(id)}`, group, { graph, row: 0 });
}

describe('TaskQueue', () => {
  it('hands out what is queued by priority, whatever order it came in and whoever left meanwhile', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), value: fc.nat(5) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('serve' as const, 'leave' as const), value: fc.nat(50) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const queue = new TaskQueue();
        const model = new Set<TaskRecord>();
        const gone: TaskRecord[] = [];
        for (const { kind, value } of steps) {
          if (kind === 'push') {
            // Some come a second time, with what is left of their first.
            const task =
              value === 0 && gone.length > 0 ? (gone.pop() as TaskRecord) : taskWith(model.size + gone.length, value);
            task.state = STATE.queued;
            queue.push(task);
            model.add(task);
            continue;
          }
          const first = [...model].sort(comparePriority)[0];
          expect(queue.peek()).toBe(first);
          const leaving = kind === 'serve' ? first : [...model][value % Math.max(1, model.size)];
          if (leaving === undefined) continue;
          leaving.state = STATE.waiting;
          queue.noteLeft();
          model.delete(leaving);
          gone.push(leaving);
        }
        expect(queue.size).toBe(model.size);
        expect(new Set(queue.values())).toEqual(model);
      }),
      { numRuns: 50 },
    );
  });

  it('serves a long line in order', () => {
    const queue = new TaskQueue();
    const tasks = Array.from({ length: 5000 }, (_, id) => taskWith(id, 0));
    for (const task of tasks) {
      task.state = STATE.queued;
      queue.push(task);
    }
    for (const task of tasks) {
      expect(queue.peek()).toBe(task);
      task.state = STATE.processing;
      queue.noteLeft();
    }
    expect(queue.peek()).toBeUndefined();
  });
});
