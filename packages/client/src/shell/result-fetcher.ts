import { asAddress, isGridError, type Address, type Logger } from '@grid/common';
import type { MessageWith, Payload } from '@grid/protocol';
import { isRemoteError, type ConnectionPool } from '@grid/rpc';

import type { FutureRecord } from '../core/future-record.js';
import type { SchedulerRequests } from './scheduler-requests.js';

/** One reply carries about this many bytes, so that several workers take turns and progress shows. */
const REQUEST_BYTES_MAX = 64 * 1024 * 1024;

/** One request names at most this many tasks. */
const REQUEST_TASKS_MAX = 10_000;

/** How long one transfer may take; a worker that is busy or slow is asked again or passed over. */
const TRANSFER_TIMEOUT_MS = 120_000;

/** How long to leave a busy worker alone. */
const BUSY_DELAY_MS = 50;

/** How long a worker that could not be reached is not asked. Networks come back. */
const AVOIDED_MS = 30_000;

interface Wanted {
  readonly record: FutureRecord;
  readonly taskId: number;
  readonly nbytes: number;
  /** Holders that have not been asked yet. */
  readonly holders: string[];
}

/**
 * Fetches results from the workers that hold them, and through the scheduler where a worker cannot be reached from
 * here.
 */
export class ResultFetcher {
  readonly #requests: SchedulerRequests;
  readonly #pool: ConnectionPool;
  readonly #logger: Logger;
  /** Workers that this process could not reach, and until when it asks the scheduler instead of waiting for them again. */
  readonly #unreachable = new Map<string, number>();

  constructor(requests: SchedulerRequests, pool: ConnectionPool, logger: Logger) {
    this.#requests = requests;
    this.#pool = pool;
    this.#logger = logger;
  }

  /** The payloads of finished records. Records that nobody could deliver are absent. */
  async fetch(records: readonly FutureRecord[], signal?: AbortSignal): Promise<Map<FutureRecord, Payload>> {
    const found = new Map<FutureRecord, Payload>();
    let wanted = await this.#locate(records);
    while (wanted.length > 0) {
      const direct = wanted.filter(({ holders }) => holders.length > 0);
      const relayed = wanted.filter(({ holders }) => holders.length === 0);
      await Promise.all([
        this.#fetchDirect(direct, found, signal),
        ...chunks(relayed).map((part) => this.#fetchRelayed(part, found)),
      ]);
      // What came neither from its holder nor by the scheduler has been asked for everywhere.
      wanted = direct.filter(({ record }) => !found.has(record));
    }
    return found;
  }

  /** Hands values to a worker. */
  async put(worker: Address, values: MessageWith<'put-data'>['values']): Promise<void> {
    await this.#pool.request(worker, { op: 'put-data', values }, { timeoutMs: TRANSFER_TIMEOUT_MS });
  }

  async #locate(records: readonly FutureRecord[]): Promise<Wanted[]> {
    const { holders: rows } = await this.#requests.request({ op: 'who-has', ids: records.map(({ id }) => id) });
    return records.map((record, row) => {
      const start = row === 0 ? 0 : (rows.holders.ends[row - 1] ?? 0);
      const end = rows.holders.ends[row] ?? start;
      const holders: string[] = [];
      for (let index = start; index < end; index += 1) {
        const address = rows.workers[rows.holders.ids[index] ?? -1]?.address;
        if (address !== undefined && this.#isReachable(address)) holders.push(address);
      }
      return { record, taskId: rows.taskIds[row] ?? 0, nbytes: Math.max(0, rows.sizes[row] ?? 0), holders };
    });
  }

  #isReachable(address: string): boolean {
    const avoidedUntil = this.#unreachable.get(address);
    if (avoidedUntil === undefined) return true;
    if (avoidedUntil > performance.now()) return false;
    this.#unreachable.delete(address);
    return true;
  }

  async #fetchDirect(
    wanted: readonly Wanted[],
    found: Map<FutureRecord, Payload>,
    signal?: AbortSignal,
  ): Promise<void> {
    const byWorker = new Map<string, Wanted[]>();
    for (const [index, item] of wanted.entries()) {
      // Holders take turns, so that copies of one hot result share the load.
      const address = item.holders.splice(index % item.holders.length, 1)[0] as string;
      const group = byWorker.get(address);
      if (group === undefined) byWorker.set(address, [item]);
      else group.push(item);
    }
    await Promise.all(
      Array.from(byWorker, async ([address, items]) => {
        for (const part of chunks(items)) await this.#fetchPart(address, part, found, signal);
      }),
    );
  }

  async #fetchPart(
    address: string,
    part: readonly Wanted[],
    found: Map<FutureRecord, Payload>,
    signal?: AbortSignal,
  ): Promise<void> {
    const request: MessageWith<'get-data'> = {
      op: 'get-data',
      taskIds: part.map(({ taskId }) => taskId),
      requester: 'client',
    };
    for (;;) {
      signal?.throwIfAborted();
      try {
        const limit = { timeoutMs: TRANSFER_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
        const { status, values } = await this.#pool.request(asAddress(address), request, limit);
        if (status === 'ok') {
          takeValues(values, part, found);
          return;
        }
      } catch (error) {
        if (signal?.aborted === true || !isGridError(error)) throw error;
        // A line that broke says nothing about the next one, and an answer came from a worker that can be reached.
        const isOfWorker: boolean = isRemoteError(error);
        if (!isOfWorker && error.code !== 'GRID_RPC_CLOSED')
          this.#unreachable.set(address, performance.now() + AVOIDED_MS);
        this.#logger.debug({ worker: address, code: error.code }, 'a worker does not deliver; asking elsewhere');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, BUSY_DELAY_MS));
    }
  }

  async #fetchRelayed(part: readonly Wanted[], found: Map<FutureRecord, Payload>): Promise<void> {
    const { values } = await this.#requests.bulkRequest({ op: 'collect', taskIds: part.map(({ taskId }) => taskId) });
    takeValues(values, part, found);
  }
}

function takeValues(
  values: MessageWith<'get-data-reply'>['values'],
  part: readonly Wanted[],
  found: Map<FutureRecord, Payload>,
): void {
  const byTask = new Map(part.map((item) => [item.taskId, item.record]));
  for (let row = 0; row < values.taskIds.length; row += 1) {
    const record = byTask.get(values.taskIds[row] as number);
    const payload = values.payloads[row];
    if (record !== undefined && payload !== undefined) found.set(record, payload);
  }
}

function chunks(items: readonly Wanted[]): Wanted[][] {
  const parts: Wanted[][] = [];
  let part: Wanted[] = [];
  let bytes = 0;
  for (const item of items) {
    if (part.length === REQUEST_TASKS_MAX || (part.length > 0 && bytes + item.nbytes > REQUEST_BYTES_MAX)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += item.nbytes;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
