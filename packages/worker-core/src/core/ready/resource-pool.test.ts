import { describe, expect, it } from '@jest/globals';

import { CoreHarness } from '../testing/core-harness.js';

describe('resources of a worker', () => {
  it('hold a task back until enough is free, and let others pass', () => {
    const core = new CoreHarness({ threads: 4 });
    const lines = core.compute([
      { taskId: 1, resources: { GPU: 2 } },
      { taskId: 2, resources: { GPU: 1 } },
      { taskId: 3, resources: { MEM: 1 } },
      { taskId: 4 },
    ]);
    expect(lines).toEqual(['execute 1', 'execute 3', 'execute 4']);
    expect(core.stateOf(2)).toBe('constrained');
    expect(core.succeed(1)).toEqual(['finished 1 run 1', 'execute 2']);
  });

  it('keep later small wishes from overtaking an earlier large one for ever', () => {
    const core = new CoreHarness({ threads: 4 });
    expect(core.compute([{ taskId: 1, resources: { GPU: 1 } }])).toEqual(['execute 1']);
    expect(
      core.compute([
        { taskId: 2, resources: { GPU: 2 } },
        { taskId: 3, resources: { GPU: 1 } },
      ]),
    ).toEqual([]);
    expect(core.succeed(1)).toEqual(['finished 1 run 1', 'execute 2']);
    expect(core.succeed(2)).toEqual(['finished 2 run 1', 'execute 3']);
  });

  it('go to the more urgent of a task that asks for some and one that does not', () => {
    const core = new CoreHarness({ threads: 1 });
    core.compute([{ taskId: 1 }]);
    core.compute([{ taskId: 2, resources: { GPU: 1 }, priority: -1 }, { taskId: 3 }]);
    expect(core.succeed(1)).toEqual(['finished 1 run 1', 'execute 2']);
  });

  it('stay with a task that left its slot, until it has ended', () => {
    const core = new CoreHarness({ threads: 1 });
    core.compute([
      { taskId: 1, resources: { GPU: 2 } },
      { taskId: 2, resources: { GPU: 1 } },
    ]);
    expect(core.give({ type: 'secede', taskId: 1, duration: 1 })).toEqual(['long-running 1']);
    expect(core.succeed(1)).toEqual(['finished 1 run 1', 'execute 2']);
  });

  it('of amounts that are no whole numbers add up', () => {
    const core = new CoreHarness({ threads: 4, resources: { MEM: 0.3 } });
    const rows = [1, 2, 3, 4].map((taskId) => ({ taskId, resources: { MEM: 0.1 } }));
    expect(core.compute(rows)).toEqual(['execute 1', 'execute 2', 'execute 3']);
    expect(core.succeed(2)).toEqual(['finished 2 run 1', 'execute 4']);
  });

  it('may become more, and what has waited for that runs', () => {
    const core = new CoreHarness({ threads: 4 });
    core.compute([
      { taskId: 1, resources: { GPU: 2 } },
      { taskId: 2, resources: { GPU: 2 } },
    ]);
    expect(core.give({ type: 'set-resources', resources: { GPU: 4 } })).toEqual(['execute 2']);
    expect(core.compute([{ taskId: 3, resources: { MEM: 1 } }])).toEqual(['execute 3']);
  });

  it('may become less: what runs keeps what it has, and others wait until there is enough again', () => {
    const core = new CoreHarness({ threads: 4 });
    expect(core.compute([{ taskId: 1, resources: { GPU: 2 } }])).toEqual(['execute 1']);
    expect(core.give({ type: 'set-resources', resources: { GPU: 1 } })).toEqual([]);
    expect(core.compute([{ taskId: 2, resources: { GPU: 1 } }])).toEqual([]);
    expect(core.succeed(1)).toEqual(['finished 1 run 1', 'execute 2']);
  });
});
