import { membersOf } from '../relation.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { TaskRecord } from '../records.js';
import { STATE, STATE_NAMES, type TaskStateName } from '../task-state.js';
import { explainFailure } from './explain-failure.js';
import { explainInputs } from './explain-inputs.js';
import { explainNoWorker } from './explain-no-worker.js';
import { explainProcessing } from './explain-processing.js';
import { explainQueued } from './explain-queued.js';
import { listNames, type Explanation } from './explanation.js';

/** Says why a task is not done, or what became of it. Changes nothing. */
export function explainTask(state: SchedulerState, key: string): Explanation {
  const task = state.keys.get(key);
  return task === undefined ? explainUnknown(state, key) : explainRecord(state, task);
}

function explainRecord(state: SchedulerState, task: TaskRecord): Explanation {
  switch (task.state) {
    case STATE.waiting:
      return explainInputs(task, (blocking) => explainRecord(state, blocking));
    case STATE.noWorker:
      return explainNoWorker(state, task);
    case STATE.queued:
      return explainQueued(state, task);
    case STATE.processing:
      return explainProcessing(state, task);
    case STATE.memory:
      return explainFinished(task);
    case STATE.erred:
      return explainFailure(task);
    default:
      return explainReleased(state, task);
  }
}

function explainUnknown(state: SchedulerState, key: string): Explanation {
  const last = state.story.of(new Set([key])).at(-1);
  const text =
    last === undefined
      ? `The scheduler knows of no task '${key}': it was never submitted, or long forgotten.`
      : `The scheduler has forgotten '${key}', as nobody held a future of it or needed it any more; it last went from ${last.from} to ${last.to}, by ${last.stimulusId}. Hold the future for as long as the result is needed, or submit it again.`;
  const details = last === undefined ? {} : { last: { ...last } };
  return { key, state: 'unknown', reason: 'unknown', text, details };
}

function explainFinished(task: TaskRecord): Explanation {
  const workers = membersOf(task.whoHas).map(({ about }) => about.address);
  return {
    key: task.key,
    state: 'memory',
    reason: 'finished',
    text: `'${task.key}' is done; its result of ${String(task.nbytes)} bytes lies on ${listNames(workers)}.`,
    details: { workers, nbytes: task.nbytes },
  };
}

function explainReleased(state: SchedulerState, task: TaskRecord): Explanation {
  const { key } = task;
  const planned = state.planned.get(task);
  const stateName = STATE_NAMES[task.state] as TaskStateName;
  const text =
    planned === undefined
      ? `Nobody wants '${key}' at the moment, so it is not computed. It is kept since other tasks may need it again.`
      : `'${key}' is data that a client is sending to ${listNames(planned.map(({ about }) => about.address))}.`;
  return { key, state: stateName, reason: 'not-needed', text, details: {} };
}
