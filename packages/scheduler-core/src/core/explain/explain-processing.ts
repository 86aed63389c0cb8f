import { busyCount, type TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { countOf, type Explanation } from './explanation.js';

/** A task that a worker was given. What the worker makes of it only that knows: whoever asks adds it. */
export function explainProcessing(state: SchedulerState, task: TaskRecord): Explanation {
  const { key, processingOn: worker } = task;
  if (worker === null) return { key, state: 'processing', reason: 'on-worker', text: '', details: {} };
  const { about, status } = worker;
  const others = busyCount(worker) - (task.isLongRunning ? 0 : 1);
  const steal = state.steals.get(task);
  const thief = steal?.thief?.about.name ?? null;
  const text = [
    `'${key}' was given to worker ${about.name} at ${about.address}, which has ${countOf(others, 'other task')} before it for ${countOf(worker.threads, 'thread')}.`,
    ...(status === 'running' ? [] : [`The worker is ${status}.`]),
    ...(task.isLongRunning ? ['The task has left its slot and runs on.'] : []),
    ...(thief === null ? [] : [`It is asked to give the task up for ${thief}, which could start it sooner.`]),
  ].join(' ');
  return {
    key,
    state: 'processing',
    reason: 'on-worker',
    text,
    details: {
      worker: about.address,
      workerName: about.name,
      workerStatus: status,
      runId: task.runId,
      others,
      threads: worker.threads,
      isLongRunning: task.isLongRunning,
      stolenFor: thief,
    },
  };
}
