import type { Transports } from '@grid/comm';
import type { CodeDecoder, CodeEncoder } from '@grid/protocol';

import type { CodeLoader } from './code-loader.js';
import type { ThreadSetup } from './thread-messages.js';

/** A client that user code has opened in a thread; tasks of the thread share it. */
export interface ThreadClient {
  /** A task is over: what it has left in the client ends with it. @param task - the context by which the client knows it */
  endTask(task: object): void;
  close(): Promise<void>;
}

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
  readonly #clients: ThreadClient[] = [];

  constructor(setup: ThreadSetup, { encoder, decoder }: CodeLoader) {
    this.workerName = setup.workerName;
    this.schedulerAddress = setup.schedulerAddress;
    this.token = setup.token;
    this.transports = setup.transports ?? null;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  attach(client: ThreadClient): void {
    this.#clients.push(client);
  }

  endTask(task: object): void {
    for (const client of this.#clients) client.endTask(task);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}
