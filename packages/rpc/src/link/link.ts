import { isGridError, messageOf, type Logger } from '@grid/common';
import type { Comm, Frames } from '@grid/comm';
import type { Envelope, Message, MessageCodec, MessageWith, Op, ReplyTo, RequestOp } from '@grid/protocol';
import { isRpcError, RpcError } from '../errors.js';
import type { PeerIdentity } from '../identity.js';
import { encodeFrames } from './encode-frames.js';
import { toFailure } from './failure-message.js';
import type { LinkHandlers, MessageRun } from './link-handlers.js';
import type { LinkLimits } from './link-limits.js';
import { Outbox } from './outbox.js';
import { PendingRequests } from './pending-requests.js';
import { isHandshakeWord, isReplyWord, replyWordOf } from './reply-words.js';
import { withinTime } from './within-time.js';

/** What a link is made of; see {@link connectLink} and {@link RpcServer}, which make them. */
export interface LinkParts {
  readonly comm: Comm;
  /** The comm's messages, from the one after the handshake on. */
  readonly received: AsyncIterator<Frames>;
  readonly codec: MessageCodec;
  readonly logger: Logger;
}

/** How long to wait for a reply, and what ends the wait early. */
export interface RequestOptions {
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait with its own reason. The peer is not told. */
  readonly signal?: AbortSignal | undefined;
}

type LinkState = 'open' | 'closing' | 'closed';

/**
 * A line to a peer that has proved who it is: a stream of messages both ways, and requests with replies.
 *
 * Whatever is queued within one turn of the event loop leaves as one frame set, right after that turn: no timer,
 * no promise a message. While the peer is slow the queue waits and grows, up to a bound that ends the link.
 * Order holds among all that is queued, whichever way.
 */
export class Link {
  readonly peer: PeerIdentity;
  readonly #parts: LinkParts;
  readonly #limits: LinkLimits;
  readonly #outbox = new Outbox();
  readonly #pending = new PendingRequests();
  readonly #onTurnEnd = (): void => this.#flush();
  #handlers: LinkHandlers | undefined;
  #state: LinkState = 'open';
  #endReason: RpcError | undefined;
  /** The promise of the frame set that the comm has not taken yet. */
  #sending: Promise<void> | undefined;
  #isFlushDue = false;
  #incomingRequests = 0;
  #closing: Promise<void> | undefined;

  /** Links come from {@link connectLink} and {@link RpcServer}. */
  constructor(peer: PeerIdentity, limits: LinkLimits, parts: LinkParts) {
    this.peer = peer;
    this.#limits = limits;
    this.#parts = parts;
  }

  /** Whether nothing can be sent any more. */
  get isClosed(): boolean {
    return this.#state !== 'open';
  }

  /** Whether something that was queued has not been taken by the line. */
  get isSending(): boolean {
    return this.#sending !== undefined || !this.#outbox.isEmpty;
  }

  /** About how many bytes wait for the peer to read: for those who can leave something out. */
  get queuedBytes(): number {
    return this.#outbox.byteLength;
  }

  /** Begins to read; called once by who made the link. */
  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    if (this.#state === 'closed') {
      this.#tellClosed(this.#endReason);
      return;
    }
    // Whoever waits for the link is to have it before its first message comes.
    setImmediate(() => void this.#readAll());
  }

  /**
   * Queues a message; it leaves at the end of this turn of the event loop.
   *
   * @param message - Not to be changed any more.
   * @throws {@link RpcError} `GRID_RPC_CLOSED`; `ProtocolError` `GRID_PROTOCOL_BAD_MESSAGE` for what the peer would refuse.
   */
  send(message: Message): void {
    this.#enqueue(message, 0);
  }

  /**
   * The run at the end of the queue, if it is of this word; else a new one, put there.
   *
   * Add rows to it at once and do not keep it: it ends when something else is queued behind it or when it is sent.
   *
   * @throws {@link RpcError} `GRID_RPC_CLOSED`.
   */
  openRun<Run extends MessageRun>(op: Op, create: () => Run): Run {
    this.#throwIfClosed();
    this.#checkOverflow();
    const run = this.#outbox.openRun(op, create);
    this.#scheduleFlush();
    return run;
  }

  /**
   * Asks the peer.
   *
   * @throws {@link RpcError} `GRID_RPC_TIMEOUT`, `GRID_RPC_CLOSED`; {@link RemoteError} with the code that the peer's
   * handler failed with; `ProtocolError` `GRID_PROTOCOL_BAD_MESSAGE` for what the peer would refuse; the signal's reason.
   */
  async request<Word extends RequestOp>(message: MessageWith<Word>, options: RequestOptions): Promise<ReplyTo<Word>> {
    this.#throwIfClosed();
    const request: Message = message;
    const replyWord = replyWordOf(request.op);
    if (replyWord === undefined) {
      throw new RpcError('GRID_RPC_UNSUPPORTED', `'${request.op}' is not a request`, { details: { op: request.op } });
    }
    const what = { request, replyWord, peer: this.peer.address };
    const reply = await this.#pending.wait(what, options, (requestId) => this.#enqueue(request, requestId));
    // `settle` has compared the reply's word with the one that belongs to this request.
    return reply as ReplyTo<Word>;
  }

  /** Sends what is queued, then closes. Replies that are still missing fail with `GRID_RPC_CLOSED`. Idempotent, bounded. */
  close(): Promise<void> {
    this.#closing ??= this.#closeInOrder();
    return this.#closing;
  }

  /** Drops what is queued and closes at once; `reason` becomes the cause of what {@link LinkHandlers.onClosed} is told. */
  abort(reason: unknown): void {
    if (this.#state === 'closed') return;
    const error = isRpcError(reason)
      ? reason
      : new RpcError('GRID_RPC_CLOSED', `the link to ${this.peer.address} was given up: ${messageOf(reason)}`, {
          details: { peer: this.peer.address },
          cause: reason,
        });
    this.#parts.comm.abort(error);
    this.#end(error);
  }

  #enqueue(message: Message, requestId: number): void {
    this.#throwIfClosed();
    this.#parts.codec.verify(message);
    this.#checkOverflow();
    this.#outbox.push(message, requestId, this.#sending !== undefined);
    this.#scheduleFlush();
  }

  #throwIfClosed(): void {
    if (this.#state === 'open') return;
    throw new RpcError('GRID_RPC_CLOSED', `the link to ${this.peer.address} is closed`, {
      details: { peer: this.peer.address },
    });
  }

  #scheduleFlush(): void {
    // While a frame set is being sent, its end is what causes the next flush.
    if (this.#isFlushDue || this.#sending !== undefined || this.#state === 'closed') return;
    this.#isFlushDue = true;
    setImmediate(this.#onTurnEnd);
  }

  /** Looks at what waits already, so that one message of any size can be sent. */
  #checkOverflow(): void {
    if (this.#sending === undefined) return;
    const { queuedBytesMax, queuedMessagesMax } = this.#limits;
    if (this.#outbox.length <= queuedMessagesMax && this.#outbox.byteLength <= queuedBytesMax) return;
    const facts = { peer: this.peer.address, messages: this.#outbox.length, bytes: this.#outbox.byteLength };
    this.#parts.logger.warn(facts, 'gave up a peer that does not read');
    this.abort(
      new RpcError(
        'GRID_RPC_OVERFLOW',
        `${this.peer.address} does not read: ${String(facts.messages)} messages wait for it`,
        {
          details: facts,
        },
      ),
    );
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#state === 'closed' || this.#sending !== undefined || this.#outbox.isEmpty) return;
    let frameSets: readonly Frames[];
    try {
      frameSets = encodeFrames(this.#parts.codec, this.#outbox.take(), (envelope) => this.#replaceTooLarge(envelope));
    } catch (error) {
      this.#failOwn('encode a message', error);
      return;
    }
    this.#sending = this.#sendAll(frameSets).then(
      () => {
        this.#sending = undefined;
        if (!this.#outbox.isEmpty) this.#scheduleFlush();
      },
      (error: unknown) => {
        this.#sending = undefined;
        this.abort(error);
      },
    );
  }

  async #sendAll(frameSets: readonly Frames[]): Promise<void> {
    for (const frames of frameSets) await this.#parts.comm.send(frames);
  }

  /** Only what one message carries is lost, where somebody can be told so. */
  #replaceTooLarge({ message, requestId }: Envelope): Envelope | undefined {
    const error = new RpcError(
      'GRID_RPC_TOO_LARGE',
      `'${message.op}' to ${this.peer.address} is larger than any line takes; split it`,
      {
        details: { op: message.op, peer: this.peer.address },
      },
    );
    if (requestId === 0) throw error;
    if (isReplyWord(message.op)) return { message: toFailure(error, message.op), requestId };
    this.#pending.fail(requestId, error);
    return undefined;
  }

  async #readAll(): Promise<void> {
    const { comm, received, codec } = this.#parts;
    try {
      for (let next = await received.next(); next.done !== true; next = await received.next()) {
        if (this.#state === 'closing') continue;
        for (const envelope of codec.decode(next.value)) {
          if (this.isClosed) break;
          this.#dispatch(envelope);
        }
      }
    } catch (error) {
      this.#onReadError(error);
      return;
    }
    if (this.#state === 'closing') return;
    // The peer has closed in order; what we have queued for it cannot arrive any more.
    this.#end(undefined);
    await comm.close();
  }

  #onReadError(error: unknown): void {
    if (this.isClosed) return;
    // What comes from the comm says that the line broke; what comes from the codec, that the peer talks nonsense.
    if (isGridError(error) && (error.code.startsWith('GRID_PROTOCOL_') || BAD_FRAME_CODES.has(error.code)))
      this.#rejectPeer(error);
    else this.abort(error);
  }

  #dispatch({ message, requestId }: Envelope): void {
    const { op } = message;
    if (isReplyWord(op)) {
      const outcome = this.#pending.settle(requestId, message);
      if (outcome === 'never-asked') this.#rejectPeer(outOfPlace(op, 'answers nothing that was asked'));
      else if (outcome === 'wrong-word') this.#rejectPeer(outOfPlace(op, 'is not the reply to what was asked'));
      return;
    }
    if (replyWordOf(op) !== undefined) {
      if (requestId === 0) this.#rejectPeer(outOfPlace(op, 'is a request without a number'));
      else this.#acceptRequest(message, requestId);
      return;
    }
    if (isHandshakeWord(op) || requestId !== 0) {
      this.#rejectPeer(
        outOfPlace(op, isHandshakeWord(op) ? 'comes after the handshake' : 'is not a request, but has a number'),
      );
      return;
    }
    if (op === 'keep-alive') return;
    try {
      this.#handlers?.onMessage(message);
    } catch (error) {
      this.#failOwn(`handle '${op}'`, error);
    }
  }

  #acceptRequest(message: Message, requestId: number): void {
    if (this.#incomingRequests >= this.#limits.incomingRequestsMax) {
      const text = `${String(this.#incomingRequests)} requests of this peer are under way already; try again later`;
      this.#reply(toFailure(new RpcError('GRID_RPC_BUSY', text), message.op), requestId);
      return;
    }
    this.#incomingRequests += 1;
    void this.#answer(message, requestId).finally(() => {
      this.#incomingRequests -= 1;
    });
  }

  async #answer(request: Message, requestId: number): Promise<void> {
    try {
      const reply = await this.#handlers?.onRequest(request);
      if (reply === undefined || reply.op !== replyWordOf(request.op)) {
        throw new RpcError('GRID_RPC_HANDLER_FAILED', `'${request.op}' was answered with '${String(reply?.op)}'`);
      }
      this.#reply(reply, requestId);
    } catch (error) {
      if (!isGridError(error) || error.code === 'GRID_RPC_HANDLER_FAILED') {
        this.#parts.logger.error(
          { peer: this.peer.address, op: request.op, error: messageOf(error) },
          'a request handler failed',
        );
      }
      this.#reply(toFailure(error, `'${request.op}'`), requestId);
    }
  }

  /** Whoever asked may be gone by now. */
  #reply(reply: Message, requestId: number): void {
    if (!this.isClosed) this.#enqueue(reply, requestId);
  }

  #rejectPeer(cause: { readonly code: string; readonly message: string }): void {
    const facts = { peer: this.peer.address, role: this.peer.role, code: cause.code, problem: cause.message };
    this.#parts.logger.warn(facts, 'closed a link whose peer sent what makes no sense');
    this.abort(
      new RpcError('GRID_RPC_BAD_PEER', `${this.peer.address} sent what makes no sense: ${cause.message}`, {
        details: { peer: this.peer.address, code: cause.code },
        cause,
      }),
    );
  }

  #failOwn(what: string, error: unknown): void {
    this.#parts.logger.error({ peer: this.peer.address, error: messageOf(error) }, `could not ${what}`);
    this.abort(
      new RpcError('GRID_RPC_HANDLER_FAILED', `could not ${what}: ${messageOf(error)}`, {
        details: { peer: this.peer.address },
        cause: error,
      }),
    );
  }

  async #closeInOrder(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    await withinTime(this.#sendRest(), this.#limits.closeTimeoutMs);
    // A send that failed meanwhile has ended the link already, with its reason.
    if (this.#stateNow() === 'closed') return;
    await withinTime(this.#parts.comm.close(), this.#limits.closeTimeoutMs);
    this.#parts.comm.abort('closed');
    this.#end(undefined);
  }

  async #sendRest(): Promise<void> {
    while (this.#stateNow() === 'closing' && (this.#sending !== undefined || !this.#outbox.isEmpty)) {
      if (this.#sending === undefined) this.#flush();
      await this.#sending;
    }
  }

  /** The state may change at every `await`, which the compiler does not assume. */
  #stateNow(): LinkState {
    return this.#state;
  }

  #end(reason: RpcError | undefined): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#endReason = reason;
    this.#outbox.clear();
    this.#pending.failAll(this.peer.address, reason);
    if (this.#handlers !== undefined) this.#tellClosed(reason);
  }

  #tellClosed(reason: RpcError | undefined): void {
    const handlers = this.#handlers;
    queueMicrotask(() => handlers?.onClosed(reason));
  }
}

/** Codes of a comm that say the same as those of the codec: the bytes themselves are wrong. */
const BAD_FRAME_CODES: ReadonlySet<string> = new Set([
  'GRID_COMM_BAD_FRAME',
  'GRID_COMM_TOO_LARGE',
  'GRID_COMM_WIRE_VERSION',
]);

function outOfPlace(op: string, problem: string): RpcError {
  return new RpcError('GRID_RPC_BAD_PEER', `'${op}' ${problem}`, { details: { op } });
}
