import { describe, expect, it } from '@jest/globals';

import { CoreHarness } from './testing/core-harness.js';
import { keyOf, SOME_FAILURE } from './testing/messages.js';

const X = 10;
const Y = 11;
const Z = 12;
const A = 2;
const B = 3;

describe('computing', () => {
  it('runs a task without dependencies at once and reports it under its run', () => {
    const core = new CoreHarness();
    expect(core.compute([{ taskId: X, runId: 5 }])).toEqual([`execute ${X}`]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 5`]);
    expect(core.stateOf(X)).toBe('memory');
    expect(core.free(X)).toEqual([`drop ${X}`]);
    expect(core.stateOf(X)).toBe('none');
  });

  it('runs the most urgent first, and among equals what came last', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.compute([
      { taskId: 20, priority: 1 },
      { taskId: 21, order: 1 },
      { taskId: 22, order: 1 },
    ]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 1`, 'execute 22']);
    expect(core.succeed(22)).toEqual(['finished 22 run 1', 'execute 21']);
    expect(core.succeed(21)).toEqual(['finished 21 run 1', 'execute 20']);
  });

  it('hands only known-short tasks to a thread ahead of time', () => {
    const core = new CoreHarness({ pushAheadMs: 1.5 });
    const rows = Array.from({ length: 10 }, (_, index) => ({ taskId: 100 + index }));
    expect(core.compute(rows)).toEqual(['execute 100', 'execute 101', 'execute 102']);
    core.succeed(100, 8, 50);
    expect(core.state.activeCount).toBe(2);
    core.succeed(101, 8, 50);
    expect(core.succeed(102, 8, 50)).toEqual(['finished 102 run 1', 'execute 103']);
    expect(core.state.activeCount).toBe(1);
  });

  it('hands a thousandth of a second of tiny tasks to a thread at once', () => {
    const core = new CoreHarness({ pushAheadMs: 1 });
    core.compute([{ taskId: X }]);
    core.succeed(X, 8, 0.006);
    core.compute(Array.from({ length: 500 }, (_, index) => ({ taskId: 100 + index })));
    expect(core.state.activeCount).toBe(99);
  });

  it('does not count a thread that an overdue task keeps', () => {
    const core = new CoreHarness({ threads: 2, pushAheadMs: 0 });
    core.compute([{ taskId: X }, { taskId: Y }, { taskId: Z }]);
    expect(core.give({ type: 'execute-overdue', taskId: X })).toEqual([]);
    expect(core.succeed(Y)).toEqual([`finished ${Y} run 1`, `execute ${Z}`]);
    expect(core.state.overdueCount).toBe(1);
    core.succeed(X);
    expect(core.state.overdueCount).toBe(0);
  });

  it('lets others run while a task waits for a promise, up to a limit', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }, { taskId: Y }, { taskId: Z }]);
    expect(core.give({ type: 'execute-suspended', taskId: X })).toEqual([`execute ${Y}`]);
    expect(core.give({ type: 'execute-suspended', taskId: Y })).toEqual([]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 1`, `execute ${Z}`]);
  });

  it('starts nothing while it is paused', () => {
    const core = new CoreHarness();
    core.give({ type: 'pause' });
    expect(core.compute([{ taskId: X }, { taskId: Y, dependencies: [[Z, [A]]] }], [A])).toEqual([]);
    expect(core.give({ type: 'unpause' })).toEqual([`execute ${X}`, `gather ${Z} from ${A}`]);
  });

  it('reports an error once and forgets the task', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 3 }]);
    expect(core.fail(X)).toEqual([`erred ${X} run 3 boom`]);
    expect(core.stateOf(X)).toBe('none');
    expect(core.state.story.rows(new Set([keyOf(X)])).map(({ to }) => to)).toEqual([
      'ready',
      'executing',
      'error',
      'forgotten',
    ]);
  });

  it('reports a task that asks to be rescheduled and forgets it', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 3 }]);
    expect(core.give({ type: 'execute-rescheduled', taskId: X })).toEqual([`reschedule ${X} run 3`]);
    expect(core.stateOf(X)).toBe('none');
  });

  it('runs a task again that its thread has lost', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    expect(core.returned(X)).toEqual([`execute ${X}`]);
  });

  it('frees the slot of a task that secedes and tells the scheduler', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }, { taskId: Y }]);
    expect(core.give({ type: 'secede', taskId: X, duration: 4 })).toEqual([`long-running ${X}`, `execute ${Y}`]);
    expect(core.stateOf(X)).toBe('long-running');
    expect(core.succeed(X)).toEqual([`finished ${X} run 1`]);
  });
});

describe('a task that asks for a slot again', () => {
  const seceded = (): CoreHarness => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }, { taskId: Y }, { taskId: Z }]);
    core.give({ type: 'secede', taskId: X, duration: 4 });
    return core;
  };

  it('gets the next that is free, before tasks that have not begun', () => {
    const core = seceded();
    expect(core.give({ type: 'rejoin', taskId: X })).toEqual([]);
    expect(core.succeed(Y)).toEqual([`finished ${Y} run 1`, `slot ${X}`]);
    expect(core.stateOf(X)).toBe('executing');
    expect(core.succeed(X)).toEqual([`finished ${X} run 1`, `execute ${Z}`]);
  });

  it('leaves it once more', () => {
    const core = seceded();
    core.give({ type: 'rejoin', taskId: X });
    core.succeed(Y);
    expect(core.give({ type: 'secede', taskId: X, duration: 9 })).toEqual([`long-running ${X}`, `execute ${Z}`]);
  });

  it('asks no more when it has ended', () => {
    const core = seceded();
    core.give({ type: 'rejoin', taskId: X });
    core.succeed(X);
    expect(core.succeed(Y)).toEqual([`finished ${Y} run 1`, `execute ${Z}`]);
  });

  it('is told at once if it has never left its own, and while nothing new is begun', () => {
    const core = seceded();
    expect(core.give({ type: 'rejoin', taskId: Y })).toEqual([`slot ${Y}`]);
    core.give({ type: 'pause' });
    core.succeed(Y);
    expect(core.give({ type: 'rejoin', taskId: X })).toEqual([`slot ${X}`]);
  });
});

describe('computing what is known already', () => {
  it('answers at once under the new run what is in memory', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 1 }]);
    core.succeed(X);
    expect(core.compute([{ taskId: X, runId: 2 }])).toEqual([`finished ${X} run 2`]);
  });

  it('keeps the execution under way and reports it under the new run', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 1 }]);
    expect(core.compute([{ taskId: X, runId: 2 }])).toEqual([]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 2`]);
  });

  it('only changes the run of a task that waits', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.compute([{ taskId: X, runId: 2, dependencies: [[Y, [A]]] }], [A])).toEqual([]);
    core.receive(A, Y);
    expect(core.succeed(X)).toEqual([`finished ${X} run 2`]);
  });

  it('computes what was to be fetched', () => {
    const core = new CoreHarness({ gatherPeersMax: 0 });
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.stateOf(Y)).toBe('fetch');
    expect(core.compute([{ taskId: Y }])).toEqual([`execute ${Y}`]);
    expect(core.succeed(Y)).toEqual([`finished ${Y} run 1`, `execute ${X}`]);
  });

  it('computes what was missing', () => {
    const core = new CoreHarness();
    expect(core.compute([{ taskId: X, dependencies: [[Y, []]] }])).toEqual([`refresh ${Y}`]);
    expect(core.stateOf(Y)).toBe('missing');
    expect(core.compute([{ taskId: Y }])).toEqual([`execute ${Y}`]);
  });
});

describe('stopping', () => {
  it('stops a running task that nobody wants and drops what it makes all the same', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    expect(core.free(X)).toEqual([`stop ${X}`]);
    expect(core.stateOf(X)).toBe('cancelled');
    expect(core.succeed(X)).toEqual([`drop ${X}`]);
    expect(core.stateOf(X)).toBe('none');
  });

  it.each(['fail', 'returned'] as const)('says nothing when a stopped task ends by %s', (end) => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.free(X);
    expect(core[end](X)).toEqual([]);
    expect(core.stateOf(X)).toBe('none');
  });

  it('says nothing when a stopped task asks to be rescheduled', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.free(X);
    expect(core.give({ type: 'execute-rescheduled', taskId: X })).toEqual([]);
    expect(core.stateOf(X)).toBe('none');
  });

  it('keeps its slot until the execution has ended', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }, { taskId: Y }]);
    expect(core.free(X)).toEqual([`stop ${X}`]);
    expect(core.returned(X)).toEqual([`execute ${Y}`]);
  });

  it('uses the result of a stopped task that is wanted again, if the stop came too late', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 1 }]);
    core.free(X);
    expect(core.compute([{ taskId: X, runId: 2 }])).toEqual([]);
    expect(core.stateOf(X)).toBe('resumed');
    expect(core.succeed(X)).toEqual([`finished ${X} run 2`]);
  });

  it.each(['fail', 'returned'] as const)('runs a stopped task that is wanted again when it ends by %s', (end) => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, runId: 1 }]);
    core.free(X);
    core.compute([{ taskId: X, runId: 2 }]);
    expect(core[end](X)).toEqual([`execute ${X}`]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 2`]);
  });

  it('stops a task once, however often it is freed and wanted', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    expect(core.free(X)).toEqual([`stop ${X}`]);
    core.compute([{ taskId: X }]);
    expect(core.free(X)).toEqual([]);
    expect(core.stateOf(X)).toBe('cancelled');
  });

  it('reports a copy when a stopped task that a dependent needs ends well', () => {
    const core = new CoreHarness({ threads: 2 });
    core.compute([{ taskId: X }]);
    core.free(X);
    core.compute([{ taskId: Y, dependencies: [[X, [A]]] }], [A]);
    expect(core.stateOf(X)).toBe('resumed');
    expect(core.succeed(X)).toEqual([`add-keys ${X}`, `execute ${Y}`]);
  });

  it('fetches a stopped task that a dependent needs when it ends without result', () => {
    const core = new CoreHarness({ threads: 2 });
    core.compute([{ taskId: X }]);
    core.free(X);
    core.compute([{ taskId: Y, dependencies: [[X, [A]]] }], [A]);
    expect(core.returned(X)).toEqual([`gather ${X} from ${A}`]);
  });

  it('does not announce that a stopped task secedes', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.free(X);
    expect(core.give({ type: 'secede', taskId: X, duration: 1 })).toEqual([]);
  });

  it.each([
    ['waiting', [[Y, [A]]] as const],
    ['ready', [] as const],
  ])('forgets a %s task and what only it needs', (state, dependencies) => {
    const core = new CoreHarness();
    core.compute([{ taskId: Z, order: -1 }]);
    core.compute([{ taskId: X, dependencies }], [A]);
    expect(core.stateOf(X)).toBe(state);
    expect(core.free(X)).toEqual([]);
    expect(core.stateOf(X)).toBe('none');
  });
});

describe('fetching', () => {
  it('fetches what is missing, says so, and runs the dependent', () => {
    const core = new CoreHarness();
    expect(core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A])).toEqual([`gather ${Y} from ${A}`]);
    expect(core.stateOf(X)).toBe('waiting');
    expect(core.stateOf(Y)).toBe('flight');
    expect(core.receive(A, Y)).toEqual([`add-keys ${Y}`, `execute ${X}`]);
  });

  it('keeps a freed copy while a task here needs it, and no longer', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    core.receive(A, Y);
    expect(core.free(Y)).toEqual([]);
    expect(core.stateOf(Y)).toBe('memory');
    expect(core.succeed(X)).toEqual([`drop ${Y}`, `finished ${X} run 1`]);
  });

  it('asks one peer for several at once, within the limit of bytes', () => {
    const core = new CoreHarness();
    const rows = [20, 21, 22].map((taskId) => ({ taskId, dependencies: [[taskId + 10, [A], 400] as const] }));
    expect(core.compute(rows, [A])).toEqual([`gather 30+31 from ${A}`]);
    expect(core.receive(A, 30, 31)).toEqual(['add-keys 30', 'add-keys 31', 'execute 20', `gather 32 from ${A}`]);
  });

  it('asks for a value above the limit alone', () => {
    const core = new CoreHarness();
    core.compute(
      [
        { taskId: X, dependencies: [[30, [A], 5000]] },
        { taskId: Y, dependencies: [[31, [A], 10]] },
      ],
      [A],
    );
    expect(core.state.gathering.get(A)?.inFlight?.map(({ taskId }) => taskId)).toEqual([30]);
  });

  it('asks at most so many peers at once', () => {
    const core = new CoreHarness();
    const rows = [2, 3, 4].map((peer) => ({ taskId: 20 + peer, dependencies: [[30 + peer, [peer]] as const] }));
    expect(core.compute(rows, [2, 3, 4])).toEqual(['gather 32 from 2', 'gather 33 from 3']);
    expect(core.receive(2, 32)).toEqual(['add-keys 32', 'execute 22', 'gather 34 from 4']);
  });

  it('has only so many bytes under way, but always something', () => {
    const core = new CoreHarness({ incomingBytesMax: 100 });
    const rows = [2, 3].map((peer) => ({ taskId: 20 + peer, dependencies: [[30 + peer, [peer], 90] as const] }));
    expect(core.compute(rows, [2, 3])).toEqual(['gather 32 from 2']);
    expect(core.receive(2, 32)).toEqual(['add-keys 32', 'execute 22', 'gather 33 from 3']);
  });

  it('tries another holder when one does not have it, and tells the scheduler', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A, B]]] }], [A, B]);
    expect(core.receive(A)).toEqual([`missing-data ${Y} on ${A}`, `gather ${Y} from ${B}`]);
    expect(core.receive(B)).toEqual([`missing-data ${Y} on ${B}`, `refresh ${Y}`]);
    expect(core.stateOf(Y)).toBe('missing');
    expect(core.give({ type: 'find-missing' })).toEqual([`refresh ${Y}`]);
    expect(core.refresh([Y, [A]])).toEqual([`gather ${Y} from ${A}`]);
  });

  it('leaves a busy peer alone for a while, and asks for others meanwhile', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.give({ type: 'gather-busy', workerId: A })).toEqual([`retry ${A} at 152`, `refresh ${Y}`]);
    expect(core.refresh([Y, [A, B]])).toEqual([`gather ${Y} from ${B}`]);
    expect(core.give({ type: 'gather-busy', workerId: B })).toEqual([`retry ${B} at 154`, `refresh ${Y}`]);
    expect(core.give({ type: 'retry-busy-peer', workerId: A })).toEqual([`gather ${Y} from ${A}`]);
  });

  it('takes an unreachable peer for dead for all that it has', () => {
    const core = new CoreHarness({ gatherBytesMax: 8 });
    core.compute(
      [
        { taskId: X, dependencies: [[30, [A]]] },
        { taskId: Y, dependencies: [[31, [A, B]]] },
        { taskId: Z, dependencies: [[32, [A]]] },
      ],
      [A, B],
    );
    core.receive(B, 31);
    expect(core.give({ type: 'gather-network-failure', workerId: A })).toEqual(['refresh 32', 'refresh 30']);
    expect([core.stateOf(30), core.stateOf(32)]).toEqual(['missing', 'missing']);
    expect(core.refresh([30, [A]])).toEqual([`gather 30 from ${A}`]);
  });

  it('forgets the copies of a worker that has left', () => {
    const core = new CoreHarness({ gatherPeersMax: 0 });
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.removeWorker(A)).toEqual([`refresh ${Y}`]);
    expect(core.removeWorker(A)).toEqual([]);
  });

  it('waits for the end of a transfer from a worker that has left', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.removeWorker(A)).toEqual([]);
    expect(core.receive(A, Y)).toEqual([`add-keys ${Y}`, `execute ${X}`]);
  });

  it('fails the dependents when a transfer fails in a way that asking again would not help', () => {
    const core = new CoreHarness();
    core.compute(
      [
        { taskId: X, runId: 7, dependencies: [[Z, [A]]] },
        { taskId: Y, runId: 8, dependencies: [[Z, [A]]] },
      ],
      [A],
    );
    expect(core.give({ type: 'gather-failure', workerId: A, failure: SOME_FAILURE })).toEqual([
      `erred ${X} run 7 boom`,
      `erred ${Y} run 8 boom`,
    ]);
    expect([X, Y, Z].map((task) => core.stateOf(task))).toEqual(['none', 'none', 'none']);
  });

  it('drops what arrives for nobody', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    expect(core.free(X)).toEqual([]);
    expect(core.stateOf(Y)).toBe('cancelled');
    expect(core.receive(A, Y)).toEqual([`drop ${Y}`]);
    expect(core.stateOf(Y)).toBe('none');
  });

  it('keeps what arrives for a task that came since', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    core.free(X);
    expect(core.compute([{ taskId: Z, dependencies: [[Y, [A]]] }], [A])).toEqual([]);
    expect(core.receive(A, Y)).toEqual([`add-keys ${Y}`, `execute ${Z}`]);
  });

  it('reports as finished what arrives for a task that was to be computed since', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
    core.compute([{ taskId: Y, runId: 4 }]);
    expect(core.stateOf(Y)).toBe('resumed');
    expect(core.receive(A, Y)).toEqual([`finished ${Y} run 4`, `execute ${X}`]);
  });

  it.each(['gather-busy', 'gather-network-failure'] as const)(
    'computes instead when the transfer ends by %s',
    (type) => {
      const core = new CoreHarness();
      core.compute([{ taskId: X, dependencies: [[Y, [A]]] }], [A]);
      core.compute([{ taskId: Y, runId: 4 }]);
      expect(core.give({ type, workerId: A })).toContain(`execute ${Y}`);
    },
  );

  it('says that it has no copy itself when it is named as the holder', () => {
    const core = new CoreHarness();
    expect(core.compute([{ taskId: X, dependencies: [[Y, [1]]] }])).toEqual([`missing-data ${Y} on 1`, `refresh ${Y}`]);
  });
});

describe('data that is put here', () => {
  it('announces it', () => {
    const core = new CoreHarness();
    expect(core.put(X)).toEqual([`add-keys ${X}`]);
    expect(core.put(X)).toEqual([`add-keys ${X}`]);
    expect(core.compute([{ taskId: Y, dependencies: [[X, [1]]] }])).toEqual([`execute ${Y}`]);
  });

  it('takes it for the result of a task that is to be computed', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: Z, order: -1 }]);
    core.compute(
      [
        { taskId: X, runId: 9 },
        { taskId: Y, runId: 8, dependencies: [[30, [A]]] },
      ],
      [A],
    );
    expect(core.put(X)).toEqual([`finished ${X} run 9`]);
    expect(core.put(Y)).toEqual([`finished ${Y} run 8`]);
  });

  it('takes it for what is to be fetched', () => {
    const core = new CoreHarness();
    core.compute(
      [
        {
          taskId: X,
          dependencies: [
            [Y, []],
            [Z, [A]],
          ],
        },
      ],
      [A],
    );
    core.put(Y);
    expect(core.put(Z)).toEqual([`add-keys ${Z}`, `execute ${X}`]);
    expect(core.receive(A, Z)).toEqual([]);
  });

  it('leaves a running task alone', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    expect(core.put(X)).toEqual([`drop ${X}`]);
    expect(core.succeed(X)).toEqual([`finished ${X} run 1`]);
  });
});

describe('the story', () => {
  it('names the stimulus of each step', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    core.succeed(X);
    core.free(X);
    const rows = core.state.story.rows(new Set([keyOf(X)]));
    expect(rows.map(({ from, to, stimulusId }) => `${from} ${to} ${stimulusId}`)).toEqual([
      'released ready compute-tasks-1',
      'ready executing compute-tasks-1',
      'executing memory execute-success-2',
      'memory forgotten free-keys-2',
    ]);
  });
});
