import { assertNever } from '@grid/common';

import type { WorkerEffects } from './effects.js';
import { onComputeTasks } from './events/compute-tasks.js';
import {
  onExecuteFailure,
  onExecuteOverdue,
  onExecuteRescheduled,
  onExecuteReturned,
  onExecuteSuccess,
  onExecuteSuspended,
  onRejoin,
  onSecede,
} from './events/executions.js';
import {
  onGatherBusy,
  onGatherFailure,
  onGatherNetworkFailure,
  onGatherSuccess,
  onRetryBusyPeer,
} from './events/gather-results.js';
import {
  onFindMissing,
  onFreeFunctions,
  onFreeKeys,
  onRefreshWhoHas,
  onRemoveWorker,
  onStealRequest,
} from './events/scheduler-notices.js';
import { onAcquireReplicas, onRemoveReplicas } from './events/replicas.js';
import { onLoseScheduler } from './events/lose-scheduler.js';
import { onLoseData } from './events/lose-data.js';
import { onUpdateData } from './events/update-data.js';
import { startGathers } from './gather/start-gathers.js';
import { startReady } from './ready/start-ready.js';
import type { Stimulus } from './stimulus.js';
import { watchTasks } from './stuck/watch-tasks.js';
import type { WorkerState } from './worker-state.js';

/**
 * The only door into the core.
 *
 * The core owns what this worker knows about tasks, and decides what is computed, fetched, kept and dropped. The shell
 * owns threads, lines, the store and the clock; it carries out what the core asks through `out` and answers with
 * further stimuli, never from within a call. A task is described by what is wanted of it and by what is being done
 * about it; each event changes one of the two, and `reconsider` and `settle` draw the consequence.
 */
export function handleStimulus(state: WorkerState, stimulus: Stimulus, out: WorkerEffects): void {
  state.story.begin(stimulus.type, stimulusIdOf(state, stimulus), stimulus.at);
  dispatch(state, stimulus, out);
  startReady(state, out);
  startGathers(state, out);
}

/** Stimuli of the scheduler have its number; the worker's own are counted here. */
function stimulusIdOf(state: WorkerState, stimulus: Stimulus): number {
  switch (stimulus.type) {
    case 'free-keys':
    case 'steal-request':
    case 'remove-worker':
    case 'refresh-who-has':
    case 'acquire-replicas':
    case 'remove-replicas':
      return stimulus.message.stimulusId;
    default:
      state.stimulusSerial += 1;
      return state.stimulusSerial;
  }
}

function dispatch(state: WorkerState, stimulus: Stimulus, out: WorkerEffects): void {
  switch (stimulus.type) {
    case 'compute-tasks':
      return onComputeTasks(state, stimulus, out);
    case 'free-keys':
      return onFreeKeys(state, stimulus, out);
    case 'steal-request':
      return onStealRequest(state, stimulus, out);
    case 'remove-worker':
      return onRemoveWorker(state, stimulus, out);
    case 'refresh-who-has':
      return onRefreshWhoHas(state, stimulus, out);
    case 'acquire-replicas':
      return onAcquireReplicas(state, stimulus, out);
    case 'remove-replicas':
      return onRemoveReplicas(state, stimulus, out);
    case 'free-functions':
      return onFreeFunctions(state, stimulus);
    case 'update-data':
      return onUpdateData(state, stimulus, out);
    case 'lose-data':
      return onLoseData(state, stimulus, out);
    case 'execute-success':
      return onExecuteSuccess(state, stimulus, out);
    case 'execute-failure':
      return onExecuteFailure(state, stimulus, out);
    case 'execute-rescheduled':
      return onExecuteRescheduled(state, stimulus, out);
    case 'execute-returned':
      return onExecuteReturned(state, stimulus, out);
    case 'execute-suspended':
      return onExecuteSuspended(state, stimulus);
    case 'execute-overdue':
      return onExecuteOverdue(state, stimulus);
    case 'secede':
      return onSecede(state, stimulus, out);
    case 'rejoin':
      return onRejoin(state, stimulus, out);
    case 'gather-success':
      return onGatherSuccess(state, stimulus, out);
    case 'gather-busy':
      return onGatherBusy(state, stimulus, out);
    case 'gather-network-failure':
      return onGatherNetworkFailure(state, stimulus, out);
    case 'gather-failure':
      return onGatherFailure(state, stimulus, out);
    case 'retry-busy-peer':
      return onRetryBusyPeer(state, stimulus);
    case 'find-missing':
      return onFindMissing(state, stimulus, out);
    case 'lose-scheduler':
      return onLoseScheduler(state, out);
    case 'watch-tasks':
      return watchTasks(state, out);
    case 'memory-freed':
      // What has waited for that is started after each stimulus.
      return;
    case 'set-resources':
      state.resources.setSupply(stimulus.resources);
      return;
    case 'pause':
      state.isPaused = true;
      return;
    case 'unpause':
      state.isPaused = false;
      return;
    default:
      assertNever(stimulus, 'stimulus');
  }
}
