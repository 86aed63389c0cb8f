import { CLIENT_CLOSED, type FutureRecord, type TaskFailure } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { ValueOpener } from '../shell/value-opener.js';

/** Where an error comes from that a task threw. */
export interface TaskErrorInfo {
  /** The key of the task that threw. */
  readonly key: string;
  /** The address of the worker that ran it. */
  readonly worker: string;
}

/** Ties an error object to its task without adding a field that the user's own code could see. */
const origins = new WeakMap<object, TaskErrorInfo>();

/**
 * Tells which task threw `error`, and on which worker; `undefined` if no task did.
 *
 * A task's error arrives as it was thrown, so this is the way to tell it from errors of the program itself.
 */
export function taskErrorInfo(error: unknown): TaskErrorInfo | undefined {
  return typeof error === 'object' && error !== null ? origins.get(error) : undefined;
}

/** The error of a failed record, as its task threw it. */
export async function errorOfRecord(opener: ValueOpener, record: FutureRecord): Promise<unknown> {
  const { failure } = record;
  return failure === null ? stateError(record) : decodeFailure(opener, failure, record.key);
}

/** The error that a task or a function on a worker threw. */
export async function decodeFailure(
  opener: ValueOpener,
  { failure, blame, worker }: TaskFailure,
  key: string,
): Promise<unknown> {
  const thrown = await opener.openError(failure.error);
  const origin = { key: blame === '' ? key : blame, worker };
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    origins.set(thrown, origin);
    return thrown;
  }
  const error = new ClientError(
    'GRID_CLIENT_TASK_THREW',
    `${origin.key} threw ${failure.message}, which is not an error`,
    {
      details: { ...origin },
      cause: thrown,
    },
  );
  origins.set(error, origin);
  return error;
}

/** Why a record that neither finished nor failed has no result. */
export function stateError(record: FutureRecord): ClientError {
  const { key, status, reason } = record;
  const why = reason === null ? '' : `: ${reason}`;
  if (status === 'lost' && reason === CLIENT_CLOSED)
    return new ClientError('GRID_CLIENT_CLOSED', `the client of ${key} was closed before its task was done`, {
      details: { key },
    });
  return status === 'lost'
    ? new ClientError('GRID_CLIENT_SCHEDULER_LOST', `${key} is lost with its scheduler${why}`, { details: { key } })
    : new ClientError('GRID_CLIENT_CANCELLED', `${key} was cancelled${why}`, { details: { key } });
}
