import { runDigest } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';

import { countRuns, listRuns } from './run-audit.js';
import { CoreHarness } from './testing/core-harness.js';

/** A worker with a task that runs, one that is ready, one that waits for what nobody has, and a result. */
function start(): CoreHarness {
  const core = new CoreHarness();
  core.compute([{ taskId: 1 }]);
  core.succeed(1);
  core.compute([
    { taskId: 2, runId: 5 },
    { taskId: 3, runId: 6 },
    { taskId: 4, runId: 7, dependencies: [[9, []]] },
  ]);
  return core;
}

function sumOf(rows: readonly (readonly [number, number])[]): number {
  return rows.reduce((sum, [taskId, runId]) => (sum + runDigest(taskId, runId)) >>> 0, 0);
}

describe('countRuns', () => {
  it('counts what is to be computed here and has not been answered, and neither results nor inputs', () => {
    const { state } = start();
    const digest = sumOf([
      [2, 5],
      [3, 6],
      [4, 7],
    ]);
    expect(countRuns(state, 100)).toEqual({ op: 'runs-counted', below: 100, count: 3, digest });
  });

  it('leaves out runs from the given number on', () => {
    const { state } = start();
    expect(countRuns(state, 6)).toMatchObject({ count: 1, digest: sumOf([[2, 5]]) });
    expect(countRuns(state, 5)).toMatchObject({ count: 0, digest: 0 });
  });

  it('leaves out what was freed or given up', () => {
    const core = start();
    core.free(2);
    core.steal(3, 6);
    expect(countRuns(core.state, 100)).toMatchObject({ count: 1, digest: sumOf([[4, 7]]) });
  });
});

describe('listRuns', () => {
  it('names the same runs', () => {
    const { state } = start();
    expect(listRuns(state, 7)).toEqual({ op: 'runs-listed', below: 7, until: 7, taskIds: [2, 3], runIds: [5, 6] });
  });

  it('names those that were given out first if there are too many, and says so', () => {
    const { state } = start();
    expect(listRuns(state, 100, 2)).toEqual({
      op: 'runs-listed',
      below: 100,
      until: 7,
      taskIds: [2, 3],
      runIds: [5, 6],
    });
  });
});
