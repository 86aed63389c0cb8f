import { textColumn, type Message, type MessageWith, type Payload } from '@grid/protocol';
import { isMessage } from '@grid/rpc';

import type { UpdateData } from '../core/stimulus.js';
import { WorkerError } from '../errors.js';
import type { DataStore, StoredValue } from '../store/data-store.js';

export interface DataServerParts {
  readonly store: DataStore;
  /** Settles when the scheduler knows this worker, or never will. */
  readonly joined: Promise<void>;
  /** How many there may be. */
  transfersMax(): number;
  /** How many lines to peers have an answer of ours that they have not taken yet. */
  countTransfers(): number;
  /** A peer or client was given so many values, of so many bytes together. */
  onGiven(requester: string, count: number, nbytes: number): void;
  /** Values were put into the store. */
  onPut(put: Omit<UpdateData, 'type' | 'at'>): void;
}

/** Answers up to this size are given however much is being sent, in bytes. */
const SMALL_ANSWER_BYTES = 100_000;

const BUSY: MessageWith<'get-data-reply'> = {
  op: 'get-data-reply',
  status: 'busy',
  values: { taskIds: [], keys: textColumn([]), payloads: [] },
};

/** Answers those who want values, or bring some. */
export class DataServer {
  readonly #parts: DataServerParts;
  /** Answers for which values are being brought back from disk. */
  #loading = 0;

  constructor(parts: DataServerParts) {
    this.#parts = parts;
  }

  /** Answers one request. Large values go out as they are, uncopied. */
  async answer(message: Message): Promise<Message> {
    if (isMessage(message, 'get-data')) return this.#getData(message);
    if (isMessage(message, 'put-data')) return this.#putData(message);
    throw new WorkerError('GRID_WORKER_BAD_MESSAGE', `a worker does not answer '${message.op}'`, {
      details: { op: message.op },
    });
  }

  async #getData({ taskIds, requester }: MessageWith<'get-data'>): Promise<MessageWith<'get-data-reply'>> {
    const { store } = this.#parts;
    let loaded: ReadonlyMap<number, StoredValue> | null = null;
    if (store.spilledCount > 0) {
      // Each of them takes memory while it is on its way.
      if (this.#isBusy()) return BUSY;
      this.#loading += 1;
      loaded = await store.load(Array.from(taskIds)).finally(() => {
        this.#loading -= 1;
      });
    }
    const found: number[] = [];
    let nbytes = 0;
    const keys: string[] = [];
    const payloads: Payload[] = [];
    for (let row = 0; row < taskIds.length; row += 1) {
      const taskId = taskIds[row] as number;
      const value = loaded === null ? store.get(taskId) : loaded.get(taskId);
      if (value === undefined) continue;
      found.push(taskId);
      nbytes += value.nbytes;
      keys.push(value.key);
      payloads.push(value.payload);
    }
    // To be told to come again costs far more than a small answer does.
    const isLarge = nbytes > SMALL_ANSWER_BYTES;
    if (isLarge && this.#isBusy()) return BUSY;
    this.#parts.onGiven(requester, found.length, nbytes);
    return { op: 'get-data-reply', status: 'ok', values: { taskIds: found, keys: textColumn(keys), payloads } };
  }

  #isBusy(): boolean {
    return this.#parts.countTransfers() + this.#loading >= this.#parts.transfersMax();
  }

  async #putData({ values }: MessageWith<'put-data'>): Promise<MessageWith<'put-data-reply'>> {
    // Meant for who was at this address before, perhaps. The scheduler has to hear of it all the same, to have it freed.
    await this.#parts.joined;
    const { length } = values.payloads;
    if (values.taskIds.length !== length || values.keys.length !== length) {
      throw new WorkerError('GRID_WORKER_BAD_MESSAGE', 'the columns of put-data differ in length');
    }
    const taskIds = Array.from(values.taskIds);
    const keys = taskIds.map((_, row) => values.keys.at(row));
    const sizes = taskIds.map((taskId, row) =>
      this.#parts.store.put(taskId, keys[row] as string, values.payloads[row] as Payload),
    );
    this.#parts.onPut({ taskIds, keys, sizes });
    return { op: 'put-data-reply' };
  }
}
