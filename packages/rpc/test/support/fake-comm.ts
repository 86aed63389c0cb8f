import { asAddress, createDeferred, type Deferred } from '@grid/common';
import { CommError, type Comm, type Frames } from '@grid/comm';
import { MessageCodec, type Envelope } from '@grid/protocol';

/** A comm whose peer is the test: it sees every frame set, decides when it is taken, and says what comes in. */
export class FakeComm implements Comm {
  readonly localAddress = asAddress('tcp://127.0.0.1:1');
  readonly peerAddress = asAddress('tcp://127.0.0.1:2');
  /** What was sent, decoded, a frame set each. */
  readonly sent: Envelope[][] = [];
  /** Whether frame sets are taken at once. */
  isTaking = true;
  closes = 0;
  abortReason: unknown;
  readonly #codec = new MessageCodec();
  #taken: Deferred<void> | undefined;
  #incoming: IteratorResult<Frames>[] = [];
  #reader: Deferred<IteratorResult<Frames>> | undefined;
  #failure: unknown;

  get isClosed(): boolean {
    return this.closes > 0 || this.abortReason !== undefined;
  }

  async send(frames: Frames): Promise<void> {
    this.sent.push(this.#codec.decode(frames));
    if (this.isTaking) return;
    this.#taken = createDeferred();
    await this.#taken.promise;
  }

  /** Takes the frame set that waits. */
  take(): void {
    this.#taken?.resolve();
    this.#taken = undefined;
  }

  /** Fails the frame set that waits. */
  refuse(): void {
    this.#taken?.reject(new CommError('GRID_COMM_RESET', 'the line broke'));
  }

  receive(envelopes: readonly Envelope[]): void {
    this.receiveFrames(this.#codec.encode(envelopes));
  }

  receiveFrames(frames: Frames): void {
    this.#push({ done: false, value: frames });
  }

  end(): void {
    this.#push({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  async close(): Promise<void> {
    this.closes += 1;
    this.end();
  }

  abort(reason: unknown): void {
    this.abortReason ??= reason;
    this.fail(new CommError('GRID_COMM_CLOSED', 'aborted'));
    this.#taken?.reject(new CommError('GRID_COMM_CLOSED', 'aborted'));
  }

  [Symbol.asyncIterator](): AsyncIterator<Frames> {
    return { next: () => this.#next() };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #push(result: IteratorResult<Frames>): void {
    if (this.#reader === undefined) {
      this.#incoming.push(result);
      return;
    }
    this.#reader.resolve(result);
    this.#reader = undefined;
  }

  async #next(): Promise<IteratorResult<Frames>> {
    const next = this.#incoming.shift();
    if (next !== undefined) return next;
    if (this.#failure !== undefined) throw this.#failure;
    this.#reader = createDeferred();
    return this.#reader.promise;
  }
}
