import type { Facts } from '@grid/protocol';

import { stateOf, type LocalTask } from '../core/local-task.js';
import type { WorkerState } from '../core/worker-state.js';

/** So many steps of the story are told. */
const STEPS_MAX = 20;

/** What is known about a task that waited for nothing: whoever looks for the bug has nothing else. */
export function describeStuck({ story }: WorkerState, task: LocalTask): Facts {
  const { key, taskId, runId } = task;
  const steps = story.rows(new Set([key])).slice(-STEPS_MAX);
  return {
    kind: 'no-reason-on-worker',
    key,
    taskId,
    runId,
    state: stateOf(task),
    story: steps.map(({ from, to, stimulusId, at }) => `${from}->${to} ${stimulusId} at ${String(at)}`),
  };
}
