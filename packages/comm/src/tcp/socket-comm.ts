import type { Duplex } from 'node:stream';
import type { Address } from '@grid/common';
import { CommError } from '../errors.js';
import type { CommLimits } from '../limits.js';
import type { Comm, Frames } from '../transport.js';
import { toCommError } from './socket-errors.js';
import type { SocketIntake } from './socket-intake.js';
import { SocketOutlet } from './socket-outlet.js';

/** A socket as far as a comm needs to know it: `net.Socket`, `tls.TLSSocket`, or any duplex stream. */
export type ByteStream = Duplex & {
  /** Makes the stream emit 'timeout' after `ms` milliseconds without a byte in either direction. */
  setTimeout?(ms: number): unknown;
  /** What Node keeps below the stream. Not public: used for what can be done without. */
  readonly _handle?: { readonly writeQueueSize?: number } | null;
};

export interface SocketCommOptions {
  readonly localAddress: Address;
  readonly peerAddress: Address;
  /** Ends the line without flushing it, so that the peer notices at once. @defaultValue `stream.destroy()` */
  readonly reset?: () => void;
  /** What to write to a peer that sent `protocol` instead of messages. @defaultValue nothing */
  readonly answerForeign?: (protocol: unknown) => string | undefined;
  /** Whether the stream is a socket of the kernel, which copies what is written to it. @defaultValue false */
  readonly copiesWrites?: boolean;
  /** Milliseconds that a peer may be silent in the middle of a message; `Infinity` for ever. */
  readonly stallTimeoutMs: number;
  /** Milliseconds that `close` waits without progress, for the kernel to take what is queued and then for the peer. */
  readonly closeTimeoutMs: number;
}

/**
 * A comm over a byte stream.
 *
 * Its life goes one way: open → closing (we said goodbye, and wait for the peer to do the same) → closed. The stream's
 * events end it from any state; the first reason is the one that readers and senders see.
 */
export class SocketComm implements Comm {
  readonly #stream: ByteStream;
  readonly #intake: SocketIntake;
  readonly #outlet: SocketOutlet;
  readonly #options: SocketCommOptions;
  readonly #gone: Promise<void>;
  #life: 'open' | 'closing' | 'closed' = 'open';
  #closeTimer: NodeJS.Timeout | undefined;

  /** @param intake - Gets the bytes of `stream` from whoever made both. */
  constructor(stream: ByteStream, intake: SocketIntake, options: SocketCommOptions) {
    this.#stream = stream;
    this.#intake = intake;
    this.#options = options;
    this.#outlet = new SocketOutlet(stream, options.copiesWrites ?? false);
    this.#gone = new Promise((resolve) => stream.once('close', () => resolve()));
    stream.on('end', () => this.#intake.onEnd());
    stream.on('error', (error) => this.#onStreamError(error));
    stream.on('close', () => this.#onStreamClose());
    // Not as an argument of `setTimeout`, which would call it only once.
    stream.on('timeout', () => this.#onQuiet());
    if (options.stallTimeoutMs !== Infinity) stream.setTimeout?.(options.stallTimeoutMs);
    intake.attach(stream, { onGoodbye: () => this.#onGoodbye(), onFault: (error) => this.#onFault(error) });
  }

  get localAddress(): Address {
    return this.#options.localAddress;
  }

  get peerAddress(): Address {
    return this.#options.peerAddress;
  }

  get isClosed(): boolean {
    return this.#life !== 'open';
  }

  send(frames: Frames): Promise<void> {
    return this.#outlet.send(frames);
  }

  setLimits(limits: CommLimits): void {
    this.#intake.setLimits(limits);
  }

  close(): Promise<void> {
    if (this.#life === 'open') {
      this.#life = 'closing';
      this.#dropUnread();
      this.#intake.queue.end();
      this.#outlet.finish(this.#closedError('was closed'));
      this.#waitForPeer();
    }
    return this.#gone;
  }

  abort(reason: unknown): void {
    if (this.#life === 'closed') return;
    const error = new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was aborted`, { cause: reason });
    this.#dropUnread();
    this.#intake.queue.fail(error);
    this.#outlet.fail(error);
    this.#destroy();
  }

  [Symbol.asyncIterator](): AsyncIterator<Frames> {
    return this.#intake.queue.iterate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The peer sends no more, on purpose, and reads no more. */
  #onGoodbye(): void {
    this.#outlet.fail(this.#closedError('was closed by the peer'));
    if (this.#life === 'closed') return;
    this.#life = 'closed';
    // Our end of the stream tells the peer that its goodbye has arrived.
    this.#stream.end();
    this.#intake.discard();
    this.#waitForPeer();
  }

  #onFault(error: CommError): void {
    if (this.#life === 'closed') return;
    this.#outlet.fail(error);
    const answer = this.#options.answerForeign?.(error.details['protocol']);
    if (answer === undefined) {
      this.#destroy();
      return;
    }
    this.#life = 'closed';
    this.#stream.end(answer);
    this.#intake.discard();
    this.#waitForPeer();
  }

  #onStreamError(error: unknown): void {
    const commError = toCommError(error, 'transfer', this.peerAddress);
    this.#intake.queue.fail(commError);
    this.#outlet.fail(commError);
    this.#life = 'closed';
  }

  #onStreamClose(): void {
    clearTimeout(this.#closeTimer);
    this.#life = 'closed';
    // Without an error, an end or a goodbye before it, somebody destroyed the stream under us.
    const error = new CommError('GRID_COMM_RESET', `the comm to ${this.peerAddress} broke`);
    this.#intake.queue.fail(error);
    this.#outlet.fail(error);
  }

  /** No byte went either way for a while; the stream tells it once, until bytes go again. */
  #onQuiet(): void {
    if (this.#life !== 'open') return;
    const { stallTimeoutMs, peerAddress } = this.#options;
    // When it is this end that reads no more, the peer is not to blame; the clock starts anew.
    if (this.#intake.isStopped) this.#stream.setTimeout?.(stallTimeoutMs);
    if (!this.#intake.isMidMessage) return;
    const message = `${peerAddress} sent nothing for ${stallTimeoutMs} ms in the middle of a message`;
    const error = new CommError('GRID_COMM_TIMEOUT', message, { details: { peerAddress, stallTimeoutMs } });
    this.#intake.queue.fail(error);
    this.#onFault(error);
  }

  /** After our end of the stream: as long as the peer takes data, and then one more period for its end. */
  #waitForPeer(): void {
    let unsent = unsentBytes(this.#stream);
    const check = (): void => {
      const left = unsentBytes(this.#stream);
      if (left === unsent) return this.#destroy();
      unsent = left;
      this.#closeTimer = setTimeout(check, this.#options.closeTimeoutMs);
    };
    this.#closeTimer = setTimeout(check, this.#options.closeTimeoutMs);
  }

  #dropUnread(): void {
    this.#intake.queue.clear();
    this.#intake.discard();
  }

  #destroy(): void {
    this.#life = 'closed';
    if (this.#stream.writableEnded || this.#options.reset === undefined) this.#stream.destroy();
    else this.#options.reset();
  }

  #closedError(what: string): CommError {
    return new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} ${what}`, {
      details: { peerAddress: this.peerAddress },
    });
  }
}

/** Bytes that the kernel has not taken yet. The stream itself counts a write as a whole, however large it is. */
function unsentBytes(stream: ByteStream): number {
  return stream._handle?.writeQueueSize ?? stream.writableLength;
}
