import { describe, expect, it } from '@jest/globals';

import { CoreHarness } from '../testing/core-harness.js';

describe('a request to give a run up', () => {
  it('is granted while nothing has begun, and the task is forgotten before the answer leaves', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }, { taskId: 2 }, { taskId: 3, resources: { GPU: 2 } }]);
    expect(core.steal(2)).toEqual(['given-up 2 run 1']);
    expect(core.steal(3)).toEqual(['given-up 3 run 1']);
    expect([core.stateOf(2), core.stateOf(3)]).toEqual(['none', 'none']);
  });

  it('lets go of what only that task was fetched for', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 2, dependencies: [[1, []]] }]);
    expect(core.stateOf(1)).toBe('missing');
    expect(core.steal(2)).toEqual(['given-up 2 run 1']);
    expect([core.stateOf(1), core.stateOf(2)]).toEqual(['none', 'none']);
  });

  it('is refused for what a thread has, also after it left its slot', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }]);
    expect(core.steal(1)).toEqual(['kept 1 run 1']);
    core.give({ type: 'secede', taskId: 1, duration: 1 });
    expect(core.steal(1)).toEqual(['kept 1 run 1']);
  });

  it('about another run, a result that is here or a task that is not, changes nothing', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: 1 }, { taskId: 2 }]);
    expect(core.steal(2, 7)).toEqual(['unknown 2 run 7']);
    expect(core.stateOf(2)).toBe('ready');
    core.succeed(1);
    expect(core.steal(1)).toEqual(['unknown 1 run 1']);
    expect(core.stateOf(1)).toBe('memory');
    expect(core.steal(9)).toEqual(['unknown 9 run 1']);
  });
});
