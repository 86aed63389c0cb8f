import { describe, expect, it } from '@jest/globals';

import type { TaskToRun } from './executor.js';
import { PoolThread, Run } from './pool-thread.js';
import { CONTROL } from './thread-messages.js';

function runOf(taskId: number): Run {
  return new Run({ taskId, estimateMs: 1 } as TaskToRun, []);
}

/** A thread that has been sent so many runs. */
function threadWith(...runs: readonly Run[]): PoolThread {
  const thread = new PoolThread();
  for (const run of runs) thread.add(run);
  thread.takeOutgoing();
  return thread;
}

/** As the thread itself does when it takes up its next run. */
function begin({ control }: PoolThread): void {
  Atomics.store(control, CONTROL.isBusy, 1);
  Atomics.add(control, CONTROL.head, 1);
}

describe('PoolThread', () => {
  it('knows which run keeps it also when those behind it are taken back, again and again', () => {
    const [first, second, third, fourth] = [runOf(1), runOf(2), runOf(3), runOf(4)];
    const thread = threadWith(first, second);
    expect(thread.current()).toBeUndefined();
    begin(thread);
    expect(thread.current()).toBe(first);
    expect(thread.recall()).toEqual([second]);
    expect(thread.current()).toBe(first);
    thread.add(third);
    thread.takeOutgoing();
    expect(thread.current()).toBe(first);
    expect(thread.recall()).toEqual([third]);
    expect(thread.recall()).toEqual([]);
    expect(thread.current()).toBe(first);
    thread.release(first);
    thread.add(fourth);
    thread.takeOutgoing();
    expect(thread.current()).toBeUndefined();
    begin(thread);
    expect(thread.current()).toBe(fourth);
  });
});
