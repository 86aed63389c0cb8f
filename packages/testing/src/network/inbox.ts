import { CommError, type Frames } from '@grid/comm';
import { createDeferred, type Deferred } from '@grid/common';

type Ending = { readonly error: CommError | undefined };

/** What has arrived at one end of a line and waits for its reader. Behaves as the port `Comm` asks. */
export class Inbox {
  #messages: Frames[] = [];
  #bytes = 0;
  #ending: Ending | undefined;
  #waiting: Deferred<IteratorResult<Frames>> | undefined;
  readonly #onRead: () => void;

  /** @param onRead - Called when something has been read. */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** Bytes that wait to be read. */
  get bytes(): number {
    return this.#bytes;
  }

  push(frames: Frames): void {
    if (this.#ending !== undefined) return;
    if (this.#waiting !== undefined) {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: frames });
      return;
    }
    this.#messages.push(frames);
    this.#bytes += bytesOf(frames);
  }

  /** Nothing more will come: in order, or for the reason given. What is here can still be read. */
  end(error?: CommError): void {
    if (this.#ending !== undefined) return;
    this.#ending = { error };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (error === undefined) waiting?.resolve({ done: true, value: undefined });
    else waiting?.reject(error);
  }

  /** Drops what has not been read. */
  clear(): void {
    this.#messages = [];
    this.#bytes = 0;
  }

  next(): Promise<IteratorResult<Frames>> {
    const frames = this.#messages.shift();
    if (frames !== undefined) {
      this.#bytes -= bytesOf(frames);
      this.#onRead();
      return Promise.resolve({ done: false, value: frames });
    }
    if (this.#ending !== undefined) {
      const { error } = this.#ending;
      return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
    }
    if (this.#waiting !== undefined) {
      return Promise.reject(new CommError('GRID_COMM_BUSY', 'another reader waits for the next message'));
    }
    this.#waiting = createDeferred<IteratorResult<Frames>>();
    return this.#waiting.promise;
  }
}

/** Bytes of one message. */
export function bytesOf(frames: Frames): number {
  let bytes = 0;
  for (const frame of frames) bytes += frame.byteLength;
  return bytes;
}
