import type { Client } from '../client.js';
import { ClientError } from '../errors.js';
import { getClient } from './get-client.js';
import { getTask, type TaskContext } from './task-context.js';

/**
 * Leaves the slot of this task to others: its worker is given one more task in its place. For tasks that wait for
 * something for long. Waits for futures of `getClient()` do so by themselves.
 *
 * A task that computes on after this takes its thread along; another one comes in its place.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NOT_IN_TASK`.
 * @source dask.distributed `secede`.
 */
export function secede(): void {
  taskThat('secede').secede();
}

/**
 * Waits until this task has a slot again, before tasks that have not begun. At once if it has not left its own.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NOT_IN_TASK`.
 * @source dask.distributed `rejoin`.
 */
export async function rejoin(): Promise<void> {
  await taskThat('rejoin').rejoin();
}

/**
 * Leaves the slot of this task, does `work` with the client of {@link getClient}, and waits for a slot again.
 *
 * @throws What `work` throws; {@link ClientError} `GRID_CLIENT_NOT_IN_TASK`.
 * @source dask.distributed `worker_client`.
 */
export async function workerClient<T>(work: (client: Client) => T): Promise<Awaited<T>> {
  const task = taskThat('workerClient');
  task.secede();
  try {
    return await work(getClient());
  } finally {
    await task.rejoin();
  }
}

function taskThat(what: string): TaskContext {
  const task = getTask();
  if (task !== undefined) return task;
  throw new ClientError('GRID_CLIENT_NOT_IN_TASK', `${what}() outside of a task: only tasks have slots`);
}
