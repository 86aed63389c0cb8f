import { asAddress, isGridError, messageOf, type Address } from '@grid/common';
import { ACTORS_FEATURE, type Message, type MessageWith, type Payload } from '@grid/protocol';
import type { Link, LinkHandlers } from '@grid/rpc';

import { ClientError } from '../errors.js';
import { ACTOR } from './actor.js';
import { ActorCallsRun } from './actor-calls-run.js';
import { copyOf, type PendingCall, type WaitingCall } from './pending-call.js';

/** Calls of one worker that may be under way; more wait here. An actor that is slow is not to drown in them. */
const CALLS_MAX = 20_000;
const BYTES_MAX = 64 * 1024 * 1024;

/** A call takes so many bytes besides its arguments, about. */
const CALL_BYTES = 64;

/** Opens a line to a worker. */
export type Dial = (address: Address, handlers: LinkHandlers) => Promise<Link>;

/** What a line tells. */
export interface ActorLineEvents {
  /** A call has been answered, with row `row` of `answers`. */
  onAnswer(call: PendingCall, answers: MessageWith<'actor-answers'>, row: number): void;
  /** It will not be answered, since its actor is gone. */
  onFailure(call: PendingCall, failure: MessageWith<'actors-gone'>['failure']): void;
  /** The line is gone, and nobody knows what became of these. */
  onLost(calls: readonly PendingCall[], reason: string): void;
  /** The worker cannot be reached from here. */
  onUnreachable(waiting: readonly WaitingCall[]): void;
}

/** A line to one worker, for calls of the actors that live there. Calls leave in the order in which they were made. */
export class ActorLine implements LinkHandlers {
  readonly #events: ActorLineEvents;
  readonly #address: string;
  readonly #pending = new Map<number, PendingCall>();
  #waiting: WaitingCall[] = [];
  #link: Link | undefined;
  #lastId = 0;
  #bytes = 0;
  #isEnded = false;

  constructor(address: string, dial: Dial, events: ActorLineEvents) {
    this.#address = address;
    this.#events = events;
    dial(asAddress(address), this).then(
      (link) => this.#open(link),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Whether it is gone, and another one is to be opened for calls that are made now. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Makes a call, behind all that were made before. */
  send(call: PendingCall, args: Payload): void {
    if (this.#link === undefined || this.#waiting.length > 0 || this.#isFull)
      this.#waiting.push({ call, args: copyOf(args) });
    else this.#write(this.#link, call, args);
  }

  /** Nobody waits for a call any more. */
  abandon(call: PendingCall): void {
    const index = call.callId < 0 ? this.#waiting.findIndex((waiting) => waiting.call === call) : -1;
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (this.#link?.isClosed === false && this.#pending.has(call.callId))
      this.#link.send({ op: 'abandon-actor-calls', callIds: [call.callId] });
  }

  /** The futures in the result of a call are held here now. */
  confirm(callId: number): void {
    if (this.#link?.isClosed === false) this.#link.send({ op: 'confirm-actor-results', callIds: [callId] });
  }

  /** Ends the line; calls that are not answered are given back. */
  async close(): Promise<PendingCall[]> {
    const calls = this.#takeAll();
    await this.#link?.close();
    return calls;
  }

  onMessage(message: Message): void {
    if (message.op === 'actors-gone') this.#onGone(message);
    if (message.op !== 'actor-answers') return;
    const { callIds } = message;
    for (let row = 0; row < callIds.length; row += 1) {
      const callId = callIds[row] as number;
      const call = this.#pending.get(callId);
      if (call === undefined) continue;
      this.#pending.delete(callId);
      this.#bytes -= call.nbytes + CALL_BYTES;
      this.#events.onAnswer(call, message, row);
    }
    this.#sendWaiting();
  }

  #onGone({ actors, failure }: MessageWith<'actors-gone'>): void {
    const gone = new Set(Array.from(actors));
    for (const [callId, call] of this.#pending) {
      if (!gone.has(call.handle[ACTOR].id)) continue;
      this.#pending.delete(callId);
      this.#bytes -= call.nbytes + CALL_BYTES;
      this.#events.onFailure(call, failure);
    }
    this.#sendWaiting();
  }

  async onRequest(message: Message): Promise<Message> {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', `a client does not answer '${message.op}'`);
  }

  onClosed(reason: Error | undefined): void {
    if (this.#isEnded) return;
    const calls = this.#takeAll();
    this.#events.onLost(calls, reason === undefined ? `${this.#address} closed the line` : messageOf(reason));
  }

  get #isFull(): boolean {
    return this.#pending.size >= CALLS_MAX || this.#bytes >= BYTES_MAX;
  }

  #open(link: Link): void {
    if (this.#isEnded) {
      link.abort('nobody needs it any more');
      return;
    }
    if (!link.peer.features.includes(ACTORS_FEATURE)) {
      const calls = this.#takeAll();
      link.abort('the worker knows no actors');
      this.#events.onLost(calls, `the worker ${this.#address} is of a version without actors; upgrade it`);
      return;
    }
    this.#link = link;
    this.#sendWaiting();
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#isEnded = true;
    if (isGridError(error)) this.#events.onUnreachable(waiting);
    else
      this.#events.onLost(
        waiting.map(({ call }) => call),
        messageOf(error),
      );
  }

  #sendWaiting(): void {
    const link = this.#link;
    if (this.#waiting.length === 0 || link === undefined || link.isClosed) return;
    let sent = 0;
    for (; sent < this.#waiting.length && !this.#isFull; sent += 1) {
      const { call, args } = this.#waiting[sent] as WaitingCall;
      this.#write(link, call, args);
    }
    this.#waiting.splice(0, sent);
  }

  #write(link: Link, call: PendingCall, args: Payload): void {
    if (link.isClosed) {
      this.#waiting.push({ call, args });
      return;
    }
    // Numbers are of 32 bits; by the time they come round the earlier ones have long been answered.
    this.#lastId = (this.#lastId + 1) >>> 0;
    call.callId = this.#lastId;
    this.#pending.set(call.callId, call);
    this.#bytes += call.nbytes + CALL_BYTES;
    const run = link.openRun('actor-calls', () => new ActorCallsRun());
    run.add(call, args);
  }

  #takeAll(): PendingCall[] {
    this.#isEnded = true;
    const calls = [...this.#pending.values(), ...this.#waiting.map(({ call }) => call)];
    this.#pending.clear();
    this.#waiting = [];
    return calls;
  }
}
