import { assertNever } from '@grid/common';

import { actorLost } from './events/actor-lost.js';
import { addClient } from './events/add-client.js';
import { addKeys } from './events/add-keys.js';
import { addWorker } from './events/add-worker.js';
import { cancelKeys } from './events/cancel-keys.js';
import { clientDesiresKeys } from './events/client-desires-keys.js';
import { clientReleasesKeys } from './events/client-releases-keys.js';
import { endGrace } from './events/end-grace.js';
import { desireCopies } from './events/desire-copies.js';
import { onFireAndForget } from './events/fire-and-forget.js';
import { failUnrunnable } from './events/fail-unrunnable.js';
import { heartbeat } from './events/heartbeat.js';
import { holdForResults } from './events/hold-for-result.js';
import { lookAround } from './events/look-around.js';
import { longRunning } from './events/long-running.js';
import { manageMemory } from './events/manage-memory.js';
import { missingData } from './events/missing-data.js';
import { planScatter } from './events/plan-scatter.js';
import { releaseWorkerData } from './events/release-worker-data.js';
import { removeClient } from './events/remove-client.js';
import { removeWorker } from './events/remove-worker.js';
import { requestRefreshWhoHas } from './events/request-refresh-who-has.js';
import { rescheduleTask } from './events/reschedule-task.js';
import { retireWorker } from './events/retire-worker.js';
import { restart } from './events/restart.js';
import { runsCounted } from './events/runs-counted.js';
import { runsListed } from './events/runs-listed.js';
import { retryKeys } from './events/retry-keys.js';
import { setResources } from './events/set-resources.js';
import { stealResponse } from './events/steal-response.js';
import { taskErred } from './events/task-erred.js';
import { tasksFinished } from './events/tasks-finished.js';
import { updateGraph } from './events/update-graph.js';
import { workerStatus } from './events/worker-status.js';
import { fillSlots } from './run-transitions.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { balance } from './stealing/balance.js';
import type { Stimulus, StimulusWith } from './stimulus.js';

/**
 * The only door into the core: takes in one thing that happened at `at` (milliseconds since the epoch) and follows it
 * until nothing more follows from it. What is to be done outside is said to `out` meanwhile.
 */
export function handleStimulus(state: SchedulerState, stimulus: Stimulus, at: number, out: SchedulerOutput): void {
  state.cause.stimulusId += 1;
  state.cause.opNumber = state.story.opNumber(stimulus.op);
  state.cause.at = at;
  if ('worker' in stimulus && stimulus.worker.status === 'closed') {
    // What it said on its way out concerns nobody: all that it had has been taken back.
    state.staleCount += 1;
    return;
  }
  dispatch(state, stimulus, out);
  // Only now: tasks that follow from finished ones come before the roots that wait in the queue.
  fillSlots(state, out);
}

function dispatch(state: SchedulerState, stimulus: Stimulus, out: SchedulerOutput): void {
  switch (stimulus.op) {
    case 'update-graph':
      return updateGraph(state, stimulus, out);
    case 'tasks-finished':
      return tasksFinished(state, stimulus, out);
    case 'client-releases-keys':
      return clientReleasesKeys(state, stimulus, out);
    case 'add-client':
      return addClient(state, stimulus);
    case 'remove-client':
      return removeClient(state, stimulus, out);
    case 'client-desires-keys':
      return clientDesiresKeys(state, stimulus, out);
    case 'cancel-keys':
      return cancelKeys(state, stimulus, out);
    case 'fire-and-forget':
      return onFireAndForget(state, stimulus);
    case 'hold-for-result':
      return holdForResults(state, stimulus);
    case 'retry-keys':
      return retryKeys(state, stimulus, out);
    case 'plan-scatter':
      return planScatter(state, stimulus, out);
    case 'add-worker':
      return addWorker(state, stimulus, out);
    case 'remove-worker':
      return removeWorker(state, stimulus, out);
    case 'end-grace':
      return endGrace(state, out);
    case 'worker-status':
      return workerStatus(state, stimulus, out);
    case 'set-resources':
      return setResources(state, stimulus, out);
    case 'retire-worker':
      return retireWorker(state, stimulus, out);
    case 'task-erred':
      return taskErred(state, stimulus, out);
    case 'actor-lost':
      return actorLost(state, stimulus, out);
    case 'add-keys':
      return addKeys(state, stimulus, out);
    case 'missing-data':
      return missingData(state, stimulus, out);
    case 'release-worker-data':
      return releaseWorkerData(state, stimulus, out);
    case 'request-refresh-who-has':
      return requestRefreshWhoHas(state, stimulus, out);
    case 'long-running':
      return longRunning(state, stimulus);
    case 'steal-response':
      return stealResponse(state, stimulus, out);
    case 'fail-unrunnable':
      return failUnrunnable(state, stimulus, out);
    case 'balance':
      return balance(state, out);
    case 'desire-copies':
      return desireCopies(state, stimulus);
    case 'manage-memory':
      return manageMemory(state, stimulus, out);
    case 'restart':
      return restart(state, out);
    case 'reschedule-task':
      return rescheduleTask(state, stimulus, out);
    default:
      return dispatchSigns(state, stimulus, out);
  }
}

/** What shows that a worker lives, and does what it should. */
function dispatchSigns(
  state: SchedulerState,
  stimulus: StimulusWith<'heartbeat' | 'look-around' | 'runs-counted' | 'runs-listed'>,
  out: SchedulerOutput,
): void {
  switch (stimulus.op) {
    case 'heartbeat':
      return heartbeat(state, stimulus);
    case 'look-around':
      return lookAround(state, stimulus, out);
    case 'runs-counted':
      return runsCounted(state, stimulus);
    case 'runs-listed':
      return runsListed(state, stimulus, out);
    default:
      assertNever(stimulus, 'stimulus');
  }
}
