import { invariant } from '@grid/common';
import type { Transports } from '@grid/comm';
import type { CodeDecoder, CodeEncoder } from '@grid/protocol';

import type { CodeLoader } from './code-loader.js';
import type { ThreadSetup } from './thread-messages.js';

/** A client that user code has opened in a thread; tasks of the thread share it. */
export interface ThreadClient {
  /** A task is over: what it has left in the client ends with it. @param task - the context by which the client knows it */
  endTask(task: object): void;
  /** The key of a future of this client; `undefined` for all others. @throws if it was released or cancelled */
  keyOfFuture(future: object): string | undefined;
  /** A future of `key`, which ends with `task`; or, with what is known of it, a handle of the actor that it stands for. */
  futureOf(key: string, task: object, actor?: unknown): object;
  /** Has the scheduler keep what these futures of this client stand for, as long as the result of a task that runs now. */
  holdForResult(taskId: number, futures: readonly object[]): Promise<void>;
  /** Settles when the scheduler has heard what this client has said so far. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a module has to export to be a home of {@link ThreadClient}s. */
interface ClientModule {
  openThreadClient(thread: TaskThread): void;
}

/** Where clients of tasks come from if user code has not brought one along. */
const CLIENT_MODULE = '@grid/client/task';

/** What a thread offers the clients that live in it, which find it at the context of a task. */
export class TaskThread {
  readonly workerName: string;
  readonly schedulerAddress: string;
  /** The cluster's token. User code has the rights of its worker, here as elsewhere. */
  readonly token: string | null;
  /** Ways to reach others that only this process has; `null`: tcp. */
  readonly transports: Transports | null;
  readonly encoder: CodeEncoder;
  readonly decoder: CodeDecoder;
  readonly #importModule: (specifier: string) => Promise<unknown>;
  readonly #clients: ThreadClient[] = [];
  #opening: Promise<void> | undefined;

  constructor(setup: ThreadSetup, code: CodeLoader) {
    this.workerName = setup.workerName;
    this.schedulerAddress = setup.schedulerAddress;
    this.token = setup.token;
    this.transports = setup.transports ?? null;
    this.encoder = code.encoder;
    this.decoder = code.decoder;
    this.#importModule = (specifier) => code.importModule(specifier);
  }

  /** Whether there is a client, so that futures can come out of values. */
  get hasClient(): boolean {
    return this.#clients.length > 0;
  }

  /** Sees to it that there is a client. @throws if `@grid/client` is not installed where the worker looks for packages */
  async ensureClient(): Promise<void> {
    if (this.hasClient) return;
    this.#opening ??= this.#openClient().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
  }

  attach(client: ThreadClient): void {
    this.#clients.push(client);
  }

  keyOfFuture(future: object): string | undefined {
    for (const client of this.#clients) {
      const key = client.keyOfFuture(future);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  /** There has to be a client. */
  futureOf(key: string, task: object, actor?: unknown): object {
    const client = this.#clients.at(-1);
    invariant(client !== undefined, 'a future comes out of a value before there is a client');
    return client.futureOf(key, task, actor);
  }

  async holdForResult(taskId: number, futures: readonly object[]): Promise<void> {
    await Promise.all(
      this.#clients.map(async (client) => {
        const own = futures.filter((future) => client.keyOfFuture(future) !== undefined);
        if (own.length > 0) await client.holdForResult(taskId, own);
      }),
    );
  }

  /** Settles when the scheduler has heard what the clients have said so far. */
  async flush(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.flush()));
  }

  endTask(task: object): void {
    for (const client of this.#clients) client.endTask(task);
  }

  async #openClient(): Promise<void> {
    // What it exports is part of what client and worker agree on.
    const module = (await this.#importModule(CLIENT_MODULE)) as ClientModule;
    module.openThreadClient(this);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}
