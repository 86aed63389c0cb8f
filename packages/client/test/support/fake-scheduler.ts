import { asAddress, asBytes, nullLogger, type Address } from '@grid/common';
import { InprocTransport, Transports } from '@grid/comm';
import {
  encodeError,
  encodeValue,
  errorText,
  textColumn,
  type Message,
  type MessageWith,
  type Op,
} from '@grid/protocol';
import { createInstanceId, RpcServer, type Link, type LinkHandlers } from '@grid/rpc';

import { Client } from '../../src/index.js';

type Answer = (message: Message) => Message | undefined;

/**
 * A scheduler that does what a test says, over real links and the real codec: it keeps what clients send and answers
 * by hand.
 */
export class FakeScheduler implements AsyncDisposable {
  readonly transport = new InprocTransport();
  readonly received: Message[] = [];
  readonly #server: RpcServer;
  readonly #waiting: (() => void)[] = [];
  #answer: Answer = () => undefined;
  #link: Link | null = null;
  #bulkLink: Link | null = null;
  address: Address = asAddress('inproc://scheduler');

  constructor(token: string | null = null, features: readonly string[] = []) {
    this.#server = new RpcServer(
      { token, local: { role: 'scheduler', instanceId: createInstanceId('scheduler'), about: {}, features } },
      { transports: new Transports([this.transport]), logger: nullLogger, accept: (link) => this.#accept(link) },
    );
  }

  /** Starts one, and a client of it. */
  static async withClient(
    features: readonly string[] = [],
  ): Promise<{ readonly scheduler: FakeScheduler; readonly client: Client }> {
    const scheduler = new FakeScheduler(null, features);
    await scheduler.listen();
    const client = await Client.connect(scheduler.address, { token: null, transports: [scheduler.transport] });
    return { scheduler, client };
  }

  async listen(): Promise<void> {
    this.address = await this.#server.listen(this.address);
  }

  /** Says how requests are answered that a client makes besides registering. */
  answer(answer: Answer): void {
    this.#answer = answer;
  }

  send(message: Message): void {
    this.#link?.send(message);
  }

  /** Breaks the line, as a killed process does. */
  vanish(): void {
    this.#link?.abort(new TypeError('killed'));
  }

  /** Breaks the line for bulk data that was opened last, and no other. */
  breakBulkLine(): void {
    this.#bulkLink?.abort(new TypeError('broken'));
  }

  /** The next message with this word, from the first that has not been taken. */
  async take<Word extends Op>(op: Word): Promise<MessageWith<Word>> {
    for (;;) {
      const index = this.received.findIndex((message) => message.op === op);
      if (index >= 0) return this.received.splice(index, 1)[0] as MessageWith<Word>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Says that tasks finished, with their results along. */
  finish(results: readonly (readonly [id: number, value: unknown])[]): void {
    const bodies = results.map(([, value]) => encodeValue(value).body);
    let end = 0;
    this.send({
      op: 'keys-in-memory',
      ids: results.map(([id]) => id),
      sizes: bodies.map((body) => asBytes(body.length)),
      types: [{ id: 0, name: 'number' }],
      typeIds: results.map(() => 0),
      results: { block: Buffer.concat(bodies), ends: bodies.map((body) => (end += body.length)) },
    });
  }

  /** Says that tasks finished whose results are too large to go along. */
  finishElsewhere(ids: readonly number[]): void {
    this.send({
      op: 'keys-in-memory',
      ids,
      sizes: ids.map(() => 8),
      types: [{ id: 0, name: 'number' }],
      typeIds: ids.map(() => 0),
      results: null,
    });
  }

  /** Says that a task failed. */
  fail(id: number, thrown: unknown): void {
    const { name, message, stack } = errorText(thrown);
    const failure = { error: encodeError(thrown), name, message, stack: stack ?? '' };
    this.send({ op: 'keys-erred', ids: [id], blame: 'blamed-key', worker: 'tcp://w:1', failure });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }

  #accept(link: Link): LinkHandlers {
    // Later lines are for bulk data.
    if (this.#link === null) this.#link = link;
    else this.#bulkLink = link;
    return {
      onMessage: (message) => this.#receive(message),
      onRequest: async (message) => {
        if (message.op === 'register-client') {
          this.#link = link;
          return { op: 'client-registered', schedulerId: 'fake', info: {} };
        }
        this.#receive(message);
        const reply = this.#answer(message);
        if (reply === undefined) throw new TypeError(`no answer to ${message.op}`);
        return reply;
      },
      onClosed: () => {},
    };
  }

  #receive(message: Message): void {
    this.received.push(message);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** The keys of a message, in order. */
export function keysOf(message: MessageWith<'update-graph'>): string[] {
  return Array.from({ length: message.keys.length }, (_, row) => message.keys.at(row));
}

/** A plan that puts every key on one worker. */
export function planOnOne(message: MessageWith<'plan-scatter'>, worker: string): Message {
  const rows = message.ids.length;
  return {
    op: 'plan-scatter-reply',
    holders: {
      keys: textColumn(Array.from({ length: rows }, (_, row) => message.keys.at(row))),
      taskIds: Array.from({ length: rows }, (_, row) => row + 100),
      sizes: message.sizes,
      holders: { ends: Array.from({ length: rows }, (_, row) => row + 1), ids: Array.from({ length: rows }, () => 0) },
      workers: [{ id: 7, address: worker }],
    },
  };
}

/** What a scheduler answers that knows nothing of a client's only number. */
export function whoHasNothing(): Message {
  const holders = { ends: [0], ids: [] };
  return { op: 'who-has-reply', holders: { keys: textColumn(['']), taskIds: [0], sizes: [-1], holders, workers: [] } };
}

/** What it answers to whoever wants the value all the same. */
export function collectNothing(): Message {
  return { op: 'collect-reply', values: { taskIds: [], keys: textColumn([]), payloads: [] } };
}

/** What it answers with the value of a client's only number. */
export function collectOne(value: unknown): Message {
  return { op: 'collect-reply', values: { taskIds: [0], keys: textColumn(['']), payloads: [encodeValue(value)] } };
}
