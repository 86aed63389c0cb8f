import { parseDuration } from '@grid/common';
import type { CoordinationAnswer, CoordinationCall, MessageWith } from '@grid/protocol';
import { RemoteError } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { WaitLimit } from '../wait-limit.js';

type WithoutNumbers<T> = T extends unknown ? Omit<T, 'party' | 'call'> : never;

/** Calls that give up nothing but time while they wait. */
type Numbered = Exclude<
  CoordinationCall,
  { readonly op: 'end-party' | 'renew-leases' | 'abandon-call' | 'confirm-answer' }
>;

/** What is said in a call; its number is given to it when it leaves. */
export type CallBody = WithoutNumbers<Numbered>;

/** The answer to a call. */
export type CallAnswer = MessageWith<'call-answered'>;

interface OpenCall {
  readonly what: string;
  resolve(answer: CallAnswer): void;
  reject(reason: unknown): void;
  /** What is to be done with an answer that comes after nobody waits for it any more. */
  readonly undo: ((answer: CallAnswer) => void) | undefined;
  hasLeft: boolean;
}

/** A call, and how it is waited for. */
export interface CallOptions {
  /** What is waited for, for errors: `the lock 'x'`. */
  readonly what: string;
  readonly limit?: WaitLimit;
  /** Takes back what an answer gave that came too late. */
  readonly undo?: (answer: CallAnswer) => void;
}

/**
 * The calls of one party that are not answered.
 *
 * The scheduler answers in order, also when it is told that nobody waits any more: so a call whose time is up is known
 * to have got nothing, and nothing is lost between the two.
 */
export class CallTable {
  readonly #send: (message: CoordinationCall) => void;
  readonly #calls = new Map<number, OpenCall>();
  readonly #leases = new Map<number, (reason: unknown) => void>();
  /** How often to say that this process is alive while it holds leases, in milliseconds; 0: somebody else does. */
  renewMs = 0;
  /** Is told what is said at topics. */
  onTopicMessage: (message: MessageWith<'topic-message'>) => void = () => {};
  #renewTimer: NodeJS.Timeout | undefined;
  #last = 0;
  #ended: { readonly reason: unknown } | undefined;

  constructor(send: (message: CoordinationCall) => void) {
    this.#send = send;
  }

  /**
   * @throws The signal's reason; {@link ClientError} `GRID_CLIENT_TIMEOUT`; the scheduler's error, with its code; the
   * reason for which the line ended.
   */
  async call(body: CallBody, { what, limit = {}, undo }: CallOptions): Promise<CallAnswer> {
    const { signal, timeout } = limit;
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw this.#ended.reason;
    const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
    const call = (this.#last += 1);
    this.#send({ ...body, party: 0, call });
    const answered = new Promise<CallAnswer>((resolve, reject) => {
      this.#calls.set(call, { what, resolve, reject, undo, hasLeft: false });
    });
    if (timeoutMs === 0) this.#abandon(call);
    const timer =
      timeoutMs === undefined || timeoutMs === 0 || timeoutMs === Infinity
        ? undefined
        : setTimeout(() => this.#abandon(call), timeoutMs);
    const onAbort = (): void => this.#leave(call, signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await answered;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Says something that is not answered here, or whose answer does not matter. */
  tell(body: CallBody): void {
    if (this.#ended !== undefined) return;
    const call = (this.#last += 1);
    this.#send({ ...body, party: 0, call });
  }

  /** The tasks in an answer are held by this process itself. */
  confirm(call: number): void {
    if (this.#ended === undefined) this.#send({ op: 'confirm-answer', party: 0, call });
  }

  /** Takes care of a lease: `onLost` is told if it ends unasked. */
  keepLease(call: number, onLost: (reason: unknown) => void): void {
    if (this.#ended !== undefined) {
      onLost(this.#ended.reason);
      return;
    }
    this.#leases.set(call, onLost);
    if (this.renewMs === 0 || this.#renewTimer !== undefined) return;
    this.#renewTimer = setInterval(() => this.#send({ op: 'renew-leases' }), this.renewMs).unref();
  }

  dropLease(call: number): void {
    this.#leases.delete(call);
    if (this.#leases.size === 0) this.#stopRenewing();
  }

  receive(message: CoordinationAnswer): void {
    switch (message.op) {
      case 'call-answered':
        this.#take(message.call, (open) => {
          if (!open.hasLeft) open.resolve(message);
          else open.undo?.(message);
        });
        return;
      case 'call-failed':
        this.#take(message.call, (open) => open.reject(remoteError(message)));
        return;
      case 'call-abandoned':
        this.#take(message.call, (open) => open.reject(timedOut(open.what)));
        return;
      case 'topic-message':
        this.onTopicMessage(message);
        return;
      case 'leases-lost':
        for (const call of Array.from(message.leases)) {
          this.#leases.get(call)?.(leaseLost('this process was silent for too long'));
          this.dropLease(call);
        }
        return;
    }
  }

  /** Nothing more will come. */
  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.interrupt(reason);
  }

  /** Nothing more will come of what there is: who kept it is gone. What is called from now on is for another one. */
  interrupt(reason: unknown): void {
    this.#stopRenewing();
    for (const open of this.#calls.values()) open.reject(reason);
    this.#calls.clear();
    for (const onLost of this.#leases.values()) onLost(reason);
    this.#leases.clear();
  }

  #take(call: number, settle: (open: OpenCall) => void): void {
    const open = this.#calls.get(call);
    if (open === undefined) return;
    this.#calls.delete(call);
    settle(open);
  }

  /** Tells the scheduler that nobody waits any more; the outcome is what it says then. */
  #abandon(call: number): void {
    if (this.#calls.has(call)) this.#send({ op: 'abandon-call', party: 0, call });
  }

  #leave(call: number, reason: unknown): void {
    const open = this.#calls.get(call);
    if (open === undefined) return;
    open.hasLeft = true;
    open.reject(reason);
    this.#abandon(call);
  }

  #stopRenewing(): void {
    clearInterval(this.#renewTimer);
    this.#renewTimer = undefined;
  }
}

function remoteError({ code, message, details }: MessageWith<'call-failed'>): RemoteError {
  return new RemoteError(code, message, { details });
}

function timedOut(what: string): ClientError {
  return new ClientError('GRID_CLIENT_TIMEOUT', `waited for ${what} in vain; the time is up`, { details: { what } });
}

function leaseLost(why: string): ClientError {
  return new ClientError('GRID_CLIENT_LEASE_LOST', `a lease was lost: ${why}; others may hold it now`);
}
