import { describe, expect, it } from '@jest/globals';

import { takeInventory } from '../inventory.js';
import { CoreHarness } from '../testing/core-harness.js';
import { introduceWorkers } from './compute-tasks.js';

const X = 10;
const Y = 11;
const Z = 12;

/** Numbers of what a next scheduler would be told of. */
function inventoryOf(core: CoreHarness): number[] {
  return takeInventory(core.state).tasks.map(({ taskId }) => taskId);
}

describe('a worker whose scheduler is gone', () => {
  it('keeps its results, lets what runs run, and gives up what has not begun', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.succeed(X);
    core.compute([{ taskId: Y }, { taskId: Z }]);
    expect(core.give({ type: 'lose-scheduler' })).toEqual([]);
    expect(inventoryOf(core)).toEqual([X, Y]);
    expect(core.succeed(Y)).toEqual(['finished 11 run 1']);
    expect(inventoryOf(core)).toEqual([X, Y]);
    expect(core.state.tasks.has(Z)).toBe(false);
  });

  it('gives up what came back from its thread since, when it is about to tell the next one', () => {
    const core = new CoreHarness({ pushAheadMs: 1.5 });
    expect(core.compute([{ taskId: X }, { taskId: Y }])).toEqual(['execute 10', 'execute 11']);
    core.give({ type: 'lose-scheduler' });
    core.give({ type: 'execute-overdue', taskId: X });
    expect(core.returned(Y)).toEqual([]);
    expect(inventoryOf(core)).toEqual([X]);
    expect(core.state.tasks.has(Y)).toBe(true);
    core.give({ type: 'lose-scheduler' });
    expect(core.state.tasks.has(Y)).toBe(false);
    expect(inventoryOf(core)).toEqual([X]);
  });

  it('does not speak of what was told to stop, and keeps its number from being given again', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.free(X);
    core.give({ type: 'lose-scheduler' });
    expect(takeInventory(core.state)).toMatchObject({ tasks: [], taskEnd: X + 1 });
  });

  it('drops what is under way from a peer when it comes, and knows no peer any more', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: Y, dependencies: [[X, [2]]] }], [2]);
    core.give({ type: 'lose-scheduler' });
    expect(core.receive(2, X)).toEqual(['drop 10']);
    expect([core.state.tasks.size, core.state.peers.size, core.state.gathering.size]).toEqual([0, 0, 0]);
  });

  it('takes nobody for itself who has the number that it had, also before it is told its next one', () => {
    const core = new CoreHarness();
    core.give({ type: 'lose-scheduler' });
    introduceWorkers(core.state, [
      { id: 1, address: 'tcp://peer' },
      { id: 7, address: 'tcp://self' },
    ]);
    expect([...core.state.peers.keys()]).toEqual([1]);
    expect(core.state.selfId).toBe(7);
  });

  it('knows no function of the former one any more, though it has results of it and goes on with what runs', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.succeed(X);
    core.compute([{ taskId: Y }]);
    core.give({ type: 'lose-scheduler' });
    core.succeed(Y);
    core.free(X, Y);
    expect([core.state.tasks.size, core.state.functions.size]).toEqual([0, 0]);
  });

  it('takes on tasks of the next one, beside what it has', () => {
    const core = new CoreHarness({ threads: 2 });
    core.compute([{ taskId: X }]);
    core.succeed(X);
    core.compute([{ taskId: Y }]);
    core.give({ type: 'lose-scheduler' });
    expect(core.compute([{ taskId: 5000, dependencies: [[X, []]] }])).toEqual(['execute 5000']);
    expect(core.free(X, Y)).toEqual(['stop 11']);
  });
});
