import { messageOf } from '@grid/common';
import type { Message, MessageWith, Op } from '@grid/protocol';
import { RpcError } from '../errors.js';
import { fromFailure } from './failure-message.js';

interface Pending {
  readonly replyWord: Op;
  settle(reply: Message): void;
  fail(error: unknown): void;
}

export interface PendingOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the peer's reply was. `late`: nobody waits for it any more. */
export type ReplyOutcome = 'taken' | 'late' | 'never-asked' | 'wrong-word';

// A timer takes at most this; longer ones fire at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** Requests of this end that wait for their reply. */
export class PendingRequests {
  readonly #byId = new Map<number, Pending>();
  #lastId = 0;

  /** Waits for the reply to a request that is about to be sent with the id it gives to `send`. */
  async wait(
    { request, replyWord, peer }: { request: Message; replyWord: Op; peer: string },
    { timeoutMs, signal }: PendingOptions,
    send: (requestId: number) => void,
  ): Promise<Message> {
    signal?.throwIfAborted();
    const requestId = (this.#lastId += 1);
    return new Promise<Message>((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#byId.delete(requestId);
      };
      const fail = (error: unknown): void => {
        forget();
        // The caller's own abort reason passes through as it is, whatever it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      };
      const onAbort = (): void => fail(signal?.reason);
      const timer = setTimeout(
        () => fail(timedOut(request.op, peer, timeoutMs)),
        Math.min(Math.max(timeoutMs, 0), TIMEOUT_MS_MAX),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = (reply: Message): void => {
        forget();
        resolve(reply);
      };
      this.#byId.set(requestId, { replyWord, settle, fail });
      try {
        send(requestId);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Gives a reply to whoever waits for it. */
  settle(requestId: number, reply: Message): ReplyOutcome {
    const pending = this.#byId.get(requestId);
    if (pending === undefined) return requestId > 0 && requestId <= this.#lastId ? 'late' : 'never-asked';
    if (reply.op === 'failure') {
      pending.fail(fromFailure(reply));
      return 'taken';
    }
    if (reply.op !== pending.replyWord) return 'wrong-word';
    pending.settle(reply);
    return 'taken';
  }

  /** Fails one that waits, whose request cannot be sent. */
  fail(requestId: number, error: RpcError): void {
    this.#byId.get(requestId)?.fail(error);
  }

  /** Fails all that wait: no reply will come. */
  failAll(peer: string, cause: unknown): void {
    for (const pending of [...this.#byId.values()]) {
      const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
      const options = cause === undefined ? {} : { cause };
      pending.fail(
        new RpcError('GRID_RPC_CLOSED', `the link to ${peer} closed before the reply came${why}`, {
          details: { peer },
          ...options,
        }),
      );
    }
  }
}

function timedOut(op: MessageWith<Op>['op'], peer: string, timeoutMs: number): RpcError {
  return new RpcError('GRID_RPC_TIMEOUT', `${peer} did not answer '${op}' within ${String(timeoutMs)} ms`, {
    details: { op, peer, timeoutMs },
  });
}
