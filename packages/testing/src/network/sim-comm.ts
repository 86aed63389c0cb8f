import { CommError, type Comm, type Frames } from '@grid/comm';
import { createDeferred, type Address, type Deferred } from '@grid/common';

import type { SimProcess } from '../host/sim-process.js';
import { bytesOf, Inbox } from './inbox.js';
import type { LineEnd } from './line-end.js';
import type { SimLine } from './sim-line.js';

const TAKEN = Promise.resolve();

/** One end of a simulated line: what a socket is to a process. */
export class SimComm implements Comm, LineEnd {
  readonly localAddress: Address;
  readonly peerAddress: Address;
  readonly process: SimProcess;
  readonly #line: SimLine;
  readonly #inbox: Inbox;
  #peer: LineEnd | undefined;
  /** Why nothing can be sent any more. */
  #ended: CommError | undefined;
  #isClosing = false;
  /** Sends that wait for room. */
  #room: Deferred<void> | undefined;
  #gone: Deferred<void> | undefined;

  constructor(line: SimLine, process: SimProcess, addresses: { readonly local: Address; readonly peer: Address }) {
    this.#line = line;
    this.process = process;
    this.localAddress = addresses.local;
    this.peerAddress = addresses.peer;
    this.#inbox = new Inbox(() => line.noteRead(this.peer));
  }

  join(peer: LineEnd): void {
    this.#peer = peer;
  }

  get peer(): LineEnd {
    return this.#peer as LineEnd;
  }

  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  get unreadBytes(): number {
    return this.#inbox.bytes;
  }

  send(frames: Frames): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (frames.length === 0) {
      return Promise.reject(new CommError('GRID_COMM_BAD_FRAME', 'a message has at least one frame'));
    }
    this.#line.carry(this, { bytes: bytesOf(frames), arrive: (end) => end.receive(frames), frames });
    if (!this.#line.isFull(this)) return TAKEN;
    this.#room ??= createDeferred<void>();
    return this.#room.promise;
  }

  close(): Promise<void> {
    if (this.#gone !== undefined) return this.#gone.promise;
    this.#gone = createDeferred<void>();
    if (this.#ended !== undefined) {
      this.#gone.resolve();
      return this.#gone.promise;
    }
    this.#isClosing = true;
    this.#stopReading(undefined);
    this.#end(new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was closed`));
    this.#line.carry(this, { bytes: 0, arrive: (end) => end.onGoodbye() });
    // As a socket does: a peer that does not answer is not waited for.
    this.#line.later(this, this.#line.closeTimeoutMs, () => this.#settleGone());
    return this.#gone.promise;
  }

  abort(reason: unknown): void {
    if (this.#ended !== undefined && !this.#isClosing) return;
    const error = new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was aborted`, { cause: reason });
    this.#stopReading(error);
    this.#end(error);
    this.#settleGone();
    this.#line.reset(this);
  }

  [Symbol.asyncIterator](): AsyncIterator<Frames> {
    // Without `return`: leaving a loop does not end the line.
    return { next: () => this.#inbox.next() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  receive(frames: Frames): void {
    if (!this.isClosed) this.#inbox.push(frames);
  }

  onGoodbye(): void {
    this.#inbox.end();
    this.#end(new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was closed by the peer`));
    this.#isClosing = false;
    this.#settleGone();
    this.#line.carry(this, { bytes: 0, arrive: (end) => end.onGoodbyeHeard() });
  }

  onGoodbyeHeard(): void {
    this.#settleGone();
  }

  onBroken(): void {
    const error = new CommError('GRID_COMM_RESET', `the comm to ${this.peerAddress} broke`);
    this.#inbox.end(error);
    this.#end(error);
    this.#isClosing = false;
    this.#settleGone();
  }

  get isWaiting(): boolean {
    return this.#room !== undefined;
  }

  checkRoom(): void {
    if (this.#room === undefined || this.#line.isFull(this)) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  #stopReading(error: CommError | undefined): void {
    this.#inbox.clear();
    this.#inbox.end(error);
  }

  #settleGone(): void {
    this.#isClosing = false;
    this.#gone?.resolve();
  }

  #end(error: CommError): void {
    this.#ended ??= error;
    this.#room?.reject(error);
    this.#room = undefined;
  }
}
