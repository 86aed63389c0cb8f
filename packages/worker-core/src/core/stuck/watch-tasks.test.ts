import { describe, expect, it } from '@jest/globals';

import { ACTIVITY } from '../activity.js';
import { CoreHarness } from '../testing/core-harness.js';

const LOOKS = 4;

function taskOf(core: CoreHarness, taskId: number): NonNullable<ReturnType<typeof core.state.tasks.get>> {
  const task = core.state.tasks.get(taskId);
  if (task === undefined) throw new TypeError(`no task ${String(taskId)}`);
  return task;
}

/** What the core did about it in so many looks. Only the last is followed by a check of everything. */
function look(core: CoreHarness, times: number): string[] {
  const lines: string[] = [];
  for (let time = 1; time < times; time += 1) lines.push(...core.giveUnchecked({ type: 'watch-tasks' }));
  return [...lines, ...core.give({ type: 'watch-tasks' })];
}

describe('a task that the worker has forgotten to move on', () => {
  it('could run and stands in no line: it is put there, and runs', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }, { taskId: 2 }]);
    core.state.ready.remove(taskOf(core, 2));
    expect(look(core, LOOKS)).toEqual(['stuck 2']);
    expect(core.state.watch.stuckCount).toBe(1);
    expect(core.succeed(1)).toContain('execute 2');
  });

  it('waits for inputs that are all there', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }]);
    core.succeed(1);
    core.compute([{ taskId: 3 }]);
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    const task = taskOf(core, 2);
    core.state.ready.remove(task);
    task.activity = ACTIVITY.waiting;
    task.missingCount = 1;
    expect(look(core, LOOKS)).toEqual(['stuck 2']);
    expect(core.succeed(3)).toContain('execute 2');
  });

  it('waits for an input that nobody fetches', () => {
    const core = new CoreHarness({ gatherPeersMax: 0 });
    core.compute([{ taskId: 2, dependencies: [[1, [7]]] }], [7]);
    expect(core.stateOf(1)).toBe('fetch');
    const peer = core.state.peers.get(7);
    peer?.needed.drain();
    core.state.peersInNeed.clear();
    expect(look(core, LOOKS)).toEqual(['stuck 1']);
    expect(core.stateOf(1)).toBe('fetch');
    expect(core.state.peersInNeed.size).toBe(1);
  });

  it('waits for an answer that nobody owes it', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    const task = taskOf(core, 1);
    core.state.missing.delete(task);
    task.activity = ACTIVITY.flight;
    expect(look(core, LOOKS)).toEqual(['stuck 1', 'refresh 1']);
    expect(core.stateOf(1)).toBe('missing');
  });

  it('is missing, and nobody is asked for it', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    core.state.missing.clear();
    expect(look(core, LOOKS)).toEqual(['stuck 1', 'refresh 1']);
  });

  it('is kept for nobody', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }]);
    core.succeed(1);
    taskOf(core, 1).isHeld = false;
    expect(look(core, LOOKS)).toEqual(['stuck 1', 'drop 1']);
    expect(core.stateOf(1)).toBe('none');
  });
});

describe('a task that is moved on in time', () => {
  it('is not told of', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    const task = taskOf(core, 1);
    core.state.missing.delete(task);
    core.giveUnchecked({ type: 'watch-tasks' });
    expect(core.state.watch.suspects.size).toBe(1);
    core.state.missing.add(task);
    expect(look(core, LOOKS)).toEqual([]);
    expect(core.state.watch.suspects.size).toBe(0);
  });
});
