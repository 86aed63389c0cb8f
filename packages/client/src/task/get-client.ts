import { randomUUID } from 'node:crypto';

import { asAddress, nullLogger } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { ConnectionPool, type LocalIdentity } from '@grid/rpc';

import { Client } from '../client.js';
import { ClientError } from '../errors.js';
import { FutureScope } from '../future-scope.js';
import { ClientSession } from '../shell/client-session.js';
import { connectSession } from '../shell/connect-session.js';
import { WORKER_CONNECT_TIMEOUT_MS } from '../shell/open-session.js';
import type { TaskTies } from '../task-ties.js';
import { getTask, type TaskContext, type TaskThread } from './task-context.js';

/** How long to look for the scheduler of the own worker, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;

interface OpenClient {
  readonly client: Client;
  readonly session: ClientSession;
}

const clients = new WeakMap<TaskThread, OpenClient>();

/**
 * A client of the cluster that this task runs on. Usable at once; all tasks of a thread share one, which ends with the
 * thread.
 *
 * What a task submits runs before its siblings. Whenever a task waits for futures of this client, it leaves its slot to
 * others, so tasks may wait for tasks that wait for tasks, to any depth. Its futures end with the task that made them:
 * return a future, or put it into a `Variable`, to keep its result.
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
  return clientOf(task.thread);
}

function clientOf(thread: TaskThread): Client {
  const known = clients.get(thread);
  if (known?.client.status === 'running') return known.client;
  const opened = open(thread);
  clients.set(thread, opened);
  return opened.client;
}

function open(thread: TaskThread): OpenClient {
  const { schedulerAddress, token, workerName, encoder, decoder } = thread;
  const name = `worker-${workerName}`;
  const id = `Client-${name}-${randomUUID()}`;
  const local: LocalIdentity = { role: 'client', instanceId: id, about: { name, node: process.version } };
  const transports = thread.transports ?? new Transports([new TcpTransport()]);
  const logger = nullLogger;
  const scopes = new WeakMap<TaskContext, FutureScope>();
  const session = new ClientSession(id, schedulerAddress, {
    pool: new ConnectionPool({ local, token, connectTimeoutMs: WORKER_CONNECT_TIMEOUT_MS }, { transports, logger }),
    encoder,
    decoder,
    logger,
    warn: ({ text }) => getTask()?.log(text),
    owned: null,
    ties: createTies(scopes),
  });
  thread.attach({
    endTask(task) {
      const scope = scopes.get(task);
      if (scope === undefined) return;
      scopes.delete(task);
      session.parts.futures.endScope(scope);
    },
    close: () => session.close(),
  });
  const address = asAddress(schedulerAddress);
  connectSession(session, { address, transports, local, token, name, timeoutMs: CONNECT_TIMEOUT_MS }).catch(
    (error: unknown) => session.fail(error),
  );
  return { client: Client.of(session), session };
}

function createTies(scopes: WeakMap<TaskContext, FutureScope>): TaskTies {
  return {
    parentId() {
      const task = getTask();
      return task === undefined || task.taskId < 0 ? null : task.taskId;
    },
    beforeWait: () => getTask()?.secede(),
    scope() {
      const task = getTask();
      if (task === undefined) return null;
      let scope = scopes.get(task);
      if (scope === undefined) scopes.set(task, (scope = new FutureScope()));
      return scope;
    },
  };
}
