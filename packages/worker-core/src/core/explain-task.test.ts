import { describe, expect, it } from '@jest/globals';

import { explainLocalTask, type LocalReason } from './explain-task.js';
import { CoreHarness } from './testing/core-harness.js';

const reasonOf = (core: CoreHarness, taskId: number): LocalReason => explainLocalTask(core.state, taskId).reason;

describe('explainLocalTask', () => {
  it('tells whom an input is fetched from, and that nobody has it', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1, dependencies: [[9, [2]]] }], [2]);
    expect(explainLocalTask(core.state, 1)).toMatchObject({ state: 'waiting', reason: 'fetches-inputs' });
    expect(explainLocalTask(core.state, 1).text).toMatch(/1 of 1 inputs\. One is on its way from/);
    core.removeWorker(2);
    core.give({ type: 'gather-network-failure', workerId: 2 });
    expect(reasonOf(core, 1)).toBe('inputs-missing');
  });

  it('names the tasks that have the threads', () => {
    const core = new CoreHarness({ threads: 1 });
    core.compute([{ taskId: 1 }, { taskId: 2 }, { taskId: 3 }]);
    const waiting = [1, 2, 3].filter((taskId) => core.stateOf(taskId) === 'ready');
    expect(waiting).toHaveLength(2);
    const details = waiting.map((taskId) => explainLocalTask(core.state, taskId));
    expect(details.map(({ reason }) => reason)).toEqual(['threads-taken', 'threads-taken']);
    expect(details.map(({ details: { before } }) => before).sort()).toEqual([0, 1]);
  });

  it('names what a constrained task is short of', () => {
    const core = new CoreHarness({ threads: 4 });
    core.compute([
      { taskId: 1, resources: { GPU: 2 } },
      { taskId: 2, resources: { GPU: 1 } },
    ]);
    const why = explainLocalTask(core.state, 2);
    expect(why).toMatchObject({ state: 'constrained', reason: 'resources-taken' });
    expect(why.text).toContain('1 GPU of 2, 0 free');
  });

  it('tells of memory that is short, and of a pause', () => {
    const core = new CoreHarness({ threads: 4, memoryBytesMax: 1000 });
    core.compute([{ taskId: 1 }]);
    core.succeed(1, 300);
    Object.assign(core.memory, { residentBytes: 900, isRelieving: true });
    core.compute([{ taskId: 2 }]);
    expect(reasonOf(core, 2)).toBe('memory-short');
    core.give({ type: 'pause' });
    expect(reasonOf(core, 2)).toBe('paused');
  });

  it('tells a task that computes from one that waits for its promise, and both from one that is being stopped', () => {
    const core = new CoreHarness({ threads: 1 });
    core.compute([{ taskId: 1 }]);
    expect(reasonOf(core, 1)).toBe('in-thread');
    core.give({ type: 'execute-suspended', taskId: 1 });
    expect(reasonOf(core, 1)).toBe('awaits');
    core.free(1);
    expect(reasonOf(core, 1)).toBe('stopping');
    expect(reasonOf(core, 7)).toBe('unknown');
  });

  it('tells of as many waiting tasks as are allowed', () => {
    const core = new CoreHarness({ threads: 1, suspendedMaxPerThread: 1 });
    core.compute([{ taskId: 1 }]);
    core.give({ type: 'execute-suspended', taskId: 1 });
    core.compute([{ taskId: 2 }]);
    expect(reasonOf(core, 2)).toBe('too-many-wait');
  });
});
