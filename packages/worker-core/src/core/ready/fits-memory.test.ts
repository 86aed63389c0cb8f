import { describe, expect, it } from '@jest/globals';

import { CoreHarness } from '../testing/core-harness.js';

/** A core with room for 1000 bytes, which knows that function 0 makes 300 of them. */
function createCore(threads = 4): CoreHarness {
  const core = new CoreHarness({ threads, memoryBytesMax: 1000 });
  core.compute([{ taskId: 1 }]);
  core.succeed(1, 300);
  return core;
}

describe('a task whose result does not fit into memory', () => {
  it('waits, with what is being made counted in', () => {
    const core = createCore();
    core.memory.residentBytes = 300;
    const lines = core.compute([{ taskId: 2 }, { taskId: 3 }, { taskId: 4 }]);
    expect(lines).toHaveLength(2);
    expect([2, 3, 4].map((taskId) => core.stateOf(taskId)).sort()).toEqual(['executing', 'executing', 'ready']);
  });

  it('runs when another has ended and left room', () => {
    const core = createCore();
    core.memory.residentBytes = 600;
    expect(core.compute([{ taskId: 2 }, { taskId: 3 }])).toEqual(['execute 2']);
    expect(core.fail(2)).toContain('execute 3');
  });

  it('waits for what is being moved to disk, even if nothing runs, and goes on when that is over', () => {
    const core = createCore();
    Object.assign(core.memory, { residentBytes: 900, isRelieving: true });
    expect(core.compute([{ taskId: 2 }])).toEqual([]);
    Object.assign(core.memory, { residentBytes: 500, isRelieving: false });
    expect(core.give({ type: 'memory-freed' })).toEqual(['execute 2']);
  });

  it('runs alone if there will never be room', () => {
    const core = createCore();
    core.memory.residentBytes = 5000;
    expect(core.compute([{ taskId: 2 }, { taskId: 3 }])).toEqual(['execute 2']);
  });

  it('does not keep tasks with small results waiting, nor those that nothing is known of', () => {
    const core = createCore();
    core.compute([{ taskId: 2, functionId: 5 }]);
    core.succeed(2, 3);
    Object.assign(core.memory, { residentBytes: 5000, isRelieving: true });
    expect(core.compute([{ taskId: 3, functionId: 5 }])).toEqual(['execute 3']);
    expect(core.compute([{ taskId: 4, functionId: 6 }])).toEqual(['execute 4']);
  });
});

it('fetches nothing while memory is short', () => {
  const core = createCore();
  Object.assign(core.memory, { residentBytes: 1100, isRelieving: true });
  expect(core.compute([{ taskId: 3, functionId: 1, dependencies: [[2, [2]]] }], [2])).toEqual([]);
  core.memory.isRelieving = false;
  expect(core.give({ type: 'memory-freed' })).toEqual(['gather 2 from 2']);
});
