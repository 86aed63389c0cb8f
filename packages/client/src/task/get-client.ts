import type { Client } from '../client.js';
import { ClientError } from '../errors.js';
import { getTask } from './task-context.js';
import { clientOfThread } from './thread-client.js';

/**
 * A client of the cluster that this task runs on. Usable at once; all tasks of a thread share one, which ends with the
 * thread.
 *
 * What a task submits runs before its siblings. Whenever a task waits for futures of this client, it leaves its slot to
 * others, so tasks may wait for tasks that wait for tasks, to any depth. Its futures end with the task that made them,
 * but for those in the result of the task, which are kept as long as that is.
 *
 * @throws {@link ClientError} `GRID_CLIENT_NOT_IN_TASK` outside of tasks.
 *
 * @example
 * ```ts
 * async function fib(n: number): Promise<number> {
 *   if (n < 2) return n;
 *   const client = getClient();
 *   const [a, b] = await client.gather([client.submit(fib, [n - 1]), client.submit(fib, [n - 2])]);
 *   return a + b;
 * }
 * ```
 *
 * @source dask.distributed `get_client`.
 */
export function getClient(): Client {
  const task = getTask();
  if (task === undefined) {
    throw new ClientError(
      'GRID_CLIENT_NOT_IN_TASK',
      'getClient() outside of a task; programs connect a client of their own: await Client.connect()',
    );
  }
  return clientOfThread(task.thread);
}
