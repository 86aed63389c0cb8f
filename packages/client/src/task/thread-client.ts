import { randomUUID } from 'node:crypto';

import { asAddress, nullLogger } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { connectLink, ConnectionPool, type LocalIdentity } from '@grid/rpc';

import { ActorHandle } from '../actors/actor-handle.js';
import { Client } from '../client.js';
import { takeUp } from '../coordination/client-place.js';
import { ClientError } from '../errors.js';
import { FutureHandle } from '../future-handle.js';
import { FutureScope } from '../future-scope.js';
import { ClientSession } from '../shell/client-session.js';
import { connectSession } from '../shell/connect-session.js';
import { ACTOR_CONNECT_TIMEOUT_MS, WORKER_CONNECT_TIMEOUT_MS } from '../shell/open-session.js';
import type { TaskTies } from '../task-ties.js';
import { getTask, type TaskContext, type TaskThread, type ThreadClient } from './task-context.js';

/** How long to look for the scheduler of the own worker, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;

/** How long to look for another one when it is lost, as the worker does, in milliseconds. */
const RECONNECT_TIMEOUT_MS = 60_000;

/** The latest client of each thread. */
const clients = new WeakMap<TaskThread, OwnThreadClient>();

/** The client that the tasks of a thread share; opened if there is none, or if the last one is lost. */
export function clientOfThread(thread: TaskThread): Client {
  let own = clients.get(thread);
  if (own?.client.status !== 'running' && own?.client.status !== 'reconnecting') {
    own = new OwnThreadClient(thread);
    clients.set(thread, own);
    thread.attach(own);
  }
  return own.client;
}

/** @internal Opens a client for a thread, in which a value with futures has arrived. Called by workers. */
export function openThreadClient(thread: TaskThread): void {
  clientOfThread(thread);
}

class OwnThreadClient implements ThreadClient {
  readonly client: Client;
  readonly #session: ClientSession;
  readonly #scopes = new WeakMap<TaskContext, FutureScope>();

  constructor(thread: TaskThread) {
    const { schedulerAddress, token, workerName, encoder, decoder } = thread;
    const name = `worker-${workerName}`;
    const id = `Client-${name}-${randomUUID()}`;
    const local: LocalIdentity = { role: 'client', instanceId: id, about: { name, node: process.version } };
    const transports = thread.transports ?? new Transports([new TcpTransport()]);
    const logger = nullLogger;
    this.#session = new ClientSession(id, schedulerAddress, {
      pool: new ConnectionPool({ local, token, connectTimeoutMs: WORKER_CONNECT_TIMEOUT_MS }, { transports, logger }),
      encoder,
      decoder,
      logger,
      warn: ({ text }) => getTask()?.log(text),
      owned: null,
      ties: this.#createTies(),
      reconnects: true,
      dial: (worker, handlers) =>
        connectLink(worker, { transports, local, token, handlers, deadlineMs: ACTOR_CONNECT_TIMEOUT_MS }),
    });
    this.client = Client.of(this.#session);
    const address = asAddress(schedulerAddress);
    const way = {
      address,
      transports,
      local,
      token,
      name,
      timeoutMs: CONNECT_TIMEOUT_MS,
      reconnectTimeoutMs: RECONNECT_TIMEOUT_MS,
    };
    connectSession(this.#session, way).catch((error: unknown) => this.#session.fail(error));
  }

  keyOfFuture(future: object): string | undefined {
    if (future instanceof ActorHandle) return this.keyOfFuture(ActorHandle.futureOf(future));
    if (!(future instanceof FutureHandle) || !future.isOf(this.#session)) return undefined;
    return future.recordFor(this.#session).key;
  }

  futureOf(key: string, task: TaskContext, actor?: unknown): object {
    const { parts } = this.#session;
    const future = takeUp(parts, key, this.#scopeOf(task));
    return actor === undefined ? future : parts.actors.handleOf(future, actor);
  }

  async holdForResult(taskId: number, futures: readonly object[]): Promise<void> {
    const { parts } = this.#session;
    if (taskId < 0) {
      throw new ClientError('GRID_CLIENT_NOT_IN_TASK', 'only results of tasks may have futures in them', {
        details: { keys: futures.map((future) => this.keyOfFuture(future)) },
      });
    }
    parts.assertOpen('keep a result');
    const ids = futures.flatMap((future) => parts.futures.recordOf(future)?.id ?? []);
    parts.outbox.closeBatch();
    await parts.requests.request({ op: 'hold-for-result', taskId, ids });
  }

  async flush(): Promise<void> {
    const { parts } = this.#session;
    parts.outbox.closeBatch();
    await parts.requests.request({ op: 'task-states', ids: [] });
  }

  endTask(task: TaskContext): void {
    const scope = this.#scopes.get(task);
    if (scope === undefined) return;
    this.#scopes.delete(task);
    this.#session.parts.futures.endScope(scope);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #scopeOf(task: TaskContext): FutureScope {
    let scope = this.#scopes.get(task);
    if (scope === undefined) this.#scopes.set(task, (scope = new FutureScope()));
    return scope;
  }

  #createTies(): TaskTies {
    return {
      parentId() {
        const task = getTask();
        return task === undefined || task.taskId < 0 ? null : task.taskId;
      },
      beforeWait: () => getTask()?.secede(),
      scope: () => {
        const task = getTask();
        return task === undefined ? null : this.#scopeOf(task);
      },
    };
  }
}
