import { describe, expect, it } from '@jest/globals';

import { CoreHarness } from '../core/testing/core-harness.js';
import type { WorkerState } from '../core/worker-state.js';
import { IntroducedFunctions } from './introduced-functions.js';

const X = 10;
const Y = 11;

/** The number of the function that the harness has tasks call. */
function functionOf(state: WorkerState, taskId: number): number {
  return state.tasks.get(taskId)?.functionId ?? -1;
}

describe('functions that a scheduler has introduced which is gone', () => {
  it('go at once if nothing runs them, and with the last task that does otherwise', () => {
    const core = new CoreHarness({ threads: 2 });
    core.compute([{ taskId: X }, { taskId: Y }]);
    const functions = new IntroducedFunctions();
    const running = functionOf(core.state, X);
    const idle = running + 1;
    functions.introduce(running);
    functions.introduce(idle);
    expect(functions.loseScheduler(core.state.tasks.values())).toEqual([idle]);
    core.give({ type: 'lose-scheduler' });
    core.succeed(X);
    expect(functions.takeEnded()).toEqual([]);
    core.succeed(Y);
    expect(functions.takeEnded()).toEqual([running]);
    expect(functions.takeEnded()).toEqual([]);
  });

  it('outlast the next scheduler too, which knows nothing of them', () => {
    const core = new CoreHarness();
    core.compute([{ taskId: X }]);
    const functions = new IntroducedFunctions();
    functions.introduce(functionOf(core.state, X));
    functions.loseScheduler(core.state.tasks.values());
    expect(functions.loseScheduler(core.state.tasks.values())).toEqual([]);
    expect(functions.takeEnded()).toEqual([]);
    core.free(X);
    core.give({ type: 'lose-scheduler' });
    core.succeed(X);
    expect(functions.takeEnded()).toHaveLength(1);
  });
});
