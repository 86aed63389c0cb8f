import { createDeferred } from '@grid/common';
import type { Message, MessageWith, Op, ReplyTo, RequestOp } from '@grid/protocol';
import type { Link, MessageRun, RequestOptions } from '@grid/rpc';

import { ClientError } from '../errors.js';

/** More than this is not kept for a scheduler that has not answered yet, in messages. */
const EARLY_MAX = 100_000;

/**
 * The link to the scheduler, which may still be on its way: what is said before it is there waits for it, in order. A
 * program waits until it is connected, but a task that asks for a client can use it at once.
 */
export class LateLink {
  #link: Link | null = null;
  #early: (Message | MessageRun)[] = [];
  #attached = createDeferred<Link>();
  #isAway = false;
  #failure: { readonly reason: unknown } | null = null;

  constructor() {
    // Whoever asks something hears of a failure; nobody has to.
    this.#attached.promise.catch(() => {});
  }

  /** Whether nothing can be sent any more. */
  get isClosed(): boolean {
    return this.#link === null ? this.#failure !== null : this.#link.isClosed;
  }

  /** The link, if there is one. */
  get current(): Link | null {
    return this.#link;
  }

  /** Whether it is gone and another may come in its place; what is said meanwhile waits for that one. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Abilities that the scheduler has named. */
  async features(): Promise<readonly string[]> {
    return (await this.#attached.promise).peer.features;
  }

  /** The link is there. */
  attach(link: Link): void {
    this.#link = link;
    this.#isAway = false;
    for (const early of this.#early) link.send('finish' in early ? early.finish() : early);
    this.#early = [];
    this.#attached.resolve(link);
  }

  /** The link is gone, and another one may come. */
  detach(): void {
    this.#link = null;
    this.#isAway = true;
    this.#attached = createDeferred<Link>();
    this.#attached.promise.catch(() => {});
  }

  /** There will be no link. */
  fail(reason: unknown): void {
    this.#isAway = false;
    this.#failure = { reason };
    this.#early = [];
    this.#attached.reject(reason);
  }

  send(message: Message): void {
    if (this.#link !== null) this.#link.send(message);
    else this.#keep(message);
  }

  openRun<Run extends MessageRun>(op: Op, create: () => Run): Run {
    if (this.#link !== null) return this.#link.openRun(op, create);
    const last = this.#early.at(-1);
    // Runs of one word are of one class.
    if (last !== undefined && 'finish' in last && last.op === op) return last as Run;
    return this.#keep(create());
  }

  /** Asks, once the link is there. */
  async request<Word extends RequestOp>(message: MessageWith<Word>, options: RequestOptions): Promise<ReplyTo<Word>> {
    const link = this.#link ?? (await this.#attached.promise);
    return link.request(message, options);
  }

  abort(reason: unknown): void {
    this.#link?.abort(reason);
  }

  async close(): Promise<void> {
    if (this.#link === null) this.fail(new ClientError('GRID_CLIENT_CLOSED', 'the client was closed'));
    else await this.#link.close();
  }

  #keep<Entry extends Message | MessageRun>(entry: Entry): Entry {
    if (this.#failure !== null) throw this.#failure.reason;
    if (this.#early.length >= EARLY_MAX) {
      throw new ClientError(
        'GRID_CLIENT_CONNECT_FAILED',
        'too much was said to a scheduler that has not answered; wait for some of it',
        { details: { messages: EARLY_MAX } },
      );
    }
    this.#early.push(entry);
    return entry;
  }
}
