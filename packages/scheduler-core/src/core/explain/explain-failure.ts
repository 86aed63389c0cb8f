import { isSchedulerFailure } from '../failure-record.js';
import type { TaskRecord } from '../records.js';
import type { Explanation } from './explanation.js';

/** A task that failed, or for want of whose input it did. */
export function explainFailure(task: TaskRecord): Explanation {
  const { key, failure } = task;
  if (failure === null) return { key, state: 'erred', reason: 'failed', text: `'${key}' failed.`, details: {} };
  const { cause, worker } = failure;
  const message = isSchedulerFailure(cause) ? cause.message : `${cause.name}: ${cause.message}`;
  const details = { blame: failure.key, worker, message };
  if (failure.taskId === task.id) {
    const text = `'${key}' failed on ${worker} with ${message}. retry() tries it again.`;
    return { key, state: 'erred', reason: 'failed', text, details };
  }
  const text = `'${key}' cannot be computed since '${failure.key}', which it needs, failed on ${worker} with ${message}. retry() tries both again.`;
  return { key, state: 'erred', reason: 'input-failed', text, details };
}
