import { asAddress, asKey, isGridError, parseDuration, type OptionNames } from '@grid/common';
import { encodeValue, payloadBytes, textColumn, tokenize, type MessageWith, type Payload } from '@grid/protocol';

import { badArgument, checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { Future } from '../future.js';
import type { ScatterOptions } from '../options.js';
import { checkKey } from './graph-options.js';
import { BRANCHING_FACTOR, copyResults } from './move-results.js';
import { settle } from './settle.js';
import { getWorkerAddress } from '../task/task-context.js';
import { randomKey } from './task-key.js';

const SCATTER_TIMEOUT_MS = 30_000;

interface Piece {
  readonly record: FutureRecord;
  readonly payload: Payload;
}

/** What a scatter keeps the shape of. */
export type Scatterable = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Values that are ready to be put on workers, and their names if they have any. */
export interface PreparedScatter {
  readonly values: readonly unknown[];
  readonly payloads: readonly Payload[];
  readonly names: readonly string[] | undefined;
}

/** Encodes values as they are now: one that cannot travel must leave no trace. */
export function prepareScatter(parts: ClientParts, data: Scatterable): PreparedScatter {
  parts.assertOpen('scatter');
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) {
    throw badArgument(
      'what is scattered is an array of values, or an object of named ones; a single one as `[value]`',
      data,
    );
  }
  const values = isList(data) ? data : Object.values(data);
  const payloads = values.map((value, index) =>
    encodeValue(value, {
      rootName: `scattered value ${String(index)}`,
      code: parts.functions.encoder,
      futureFix: 'its value is on a worker already: give the future itself to the tasks that need it',
    }),
  );
  return { values, payloads, names: isList(data) ? undefined : Object.keys(data) };
}

const OPTIONS: OptionNames<ScatterOptions> = { workers: true, broadcast: true, hash: true, timeout: true };

/** Puts values on workers. Lists keep their order; the names of an object become the keys. */
export async function scatter(
  parts: ClientParts,
  prepared: PreparedScatter,
  options: ScatterOptions,
): Promise<unknown> {
  checkOptionNames(options, OPTIONS);
  const { names } = prepared;
  const futures = await scatterValues(parts, prepared, options);
  return names === undefined ? futures : Object.fromEntries(names.map((name, index) => [name, futures[index]]));
}

function isList(data: Scatterable): data is readonly unknown[] {
  return Array.isArray(data);
}

async function scatterValues(
  parts: ClientParts,
  { values, payloads, names }: PreparedScatter,
  options: ScatterOptions,
): Promise<Future<unknown>[]> {
  const pieces: Piece[] = [];
  const futures = values.map((value, index) => {
    const name = names?.[index];
    const key = name === undefined ? keyOfData(parts, value, options.hash ?? true) : checkKey(name);
    const known = parts.futures.find(key);
    const record = known ?? parts.futures.create(asKey(key));
    if (known === undefined) pieces.push({ record, payload: payloads[index] as Payload });
    return parts.futures.handOut(record);
  });
  try {
    const endsAt = performance.now() + parseDuration(options.timeout ?? SCATTER_TIMEOUT_MS);
    if (pieces.length > 0) await place(parts, pieces, options);
    if (options.broadcast !== undefined && options.broadcast !== false) {
      const timeoutMs = Math.max(1, endsAt - performance.now());
      await spread(
        parts,
        futures.map((future) => parts.futures.require(future)),
        { ...options, timeout: timeoutMs },
      );
    }
  } catch (error) {
    for (const future of futures) future.release();
    throw error;
  }
  return futures;
}

/** One worker has each value; from there they go on to others, which pass them on. */
async function spread(
  parts: ClientParts,
  records: readonly FutureRecord[],
  { broadcast, workers, timeout = SCATTER_TIMEOUT_MS }: ScatterOptions,
): Promise<void> {
  await settle(parts, records, 'all', { timeout });
  const copies = typeof broadcast === 'number' ? broadcast : null;
  const timeoutMs = parseDuration(timeout);
  await copyResults(parts, records, { copies, workers, branchingFactor: BRANCHING_FACTOR, timeoutMs });
}

function keyOfData({ tokens }: ClientParts, value: unknown, hash: boolean): string {
  const name = nameOfType(value);
  const token = hash ? tokenize(value, undefined, { hashOf: tokens.hashOf }) : undefined;
  return token === undefined ? randomKey(name) : `${name}-${token}`;
}

function nameOfType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name.toLowerCase() : 'object';
}

/** Without any wish: all workers in turn; from a task, its own, which is there already. */
function placesOf(workers: ScatterOptions['workers']): readonly string[] {
  if (workers === undefined) return getWorkerAddress() === undefined ? [] : [getWorkerAddress() as string];
  return typeof workers === 'string' ? [workers] : workers;
}

async function place(parts: ClientParts, pieces: readonly Piece[], options: ScatterOptions): Promise<void> {
  const timeout = options.timeout ?? SCATTER_TIMEOUT_MS;
  parts.outbox.closeBatch();
  const { holders: plan } = await parts.requests.request(
    {
      op: 'plan-scatter',
      ids: pieces.map(({ record }) => record.id),
      keys: textColumn(pieces.map(({ record }) => record.key)),
      sizes: pieces.map(({ payload }) => payloadBytes(payload)),
      workers: placesOf(options.workers),
    },
    { timeoutMs: parseDuration(timeout) },
  );
  const rowsByWorker = new Map<string, number[]>();
  for (let row = 0; row < pieces.length; row += 1) {
    const start = row === 0 ? 0 : (plan.holders.ends[row - 1] ?? 0);
    for (let index = start; index < (plan.holders.ends[row] ?? start); index += 1) {
      const address = plan.workers[plan.holders.ids[index] ?? -1]?.address;
      if (address === undefined) continue;
      const rows = rowsByWorker.get(address);
      if (rows === undefined) rowsByWorker.set(address, [row]);
      else rows.push(row);
    }
  }
  await Promise.all(
    Array.from(rowsByWorker, ([address, rows]) =>
      put(parts, address, {
        taskIds: rows.map((row) => plan.taskIds[row] ?? 0),
        keys: textColumn(rows.map((row) => (pieces[row] as Piece).record.key)),
        payloads: rows.map((row) => (pieces[row] as Piece).payload),
      }),
    ),
  );
  const records = pieces.map(({ record }) => record);
  await settle(parts, records, 'all', { timeout });
  const failed = records.find(({ status }) => status !== 'finished');
  if (failed !== undefined) {
    throw new ClientError(
      'GRID_CLIENT_LOST_DATA',
      `${failed.key} could not be put on a worker: ${failed.reason ?? failed.status}`,
      {
        details: { key: failed.key },
      },
    );
  }
}

/** Straight to the worker; through the scheduler if it cannot be reached from here. */
async function put(parts: ClientParts, address: string, values: MessageWith<'put-data'>['values']): Promise<void> {
  try {
    await parts.fetcher.put(asAddress(address), values);
  } catch (error) {
    if (!isGridError(error)) throw error;
    await relay(parts, address, values);
  }
}

async function relay(parts: ClientParts, address: string, values: MessageWith<'put-data'>['values']): Promise<void> {
  try {
    await parts.requests.bulkRequest({ op: 'relay-data', worker: address, values });
  } catch (error) {
    // That the client has ended, or cannot reach its scheduler, is said so already.
    if (!isGridError(error) || error.code.startsWith('GRID_CLIENT_')) throw error;
    throw new ClientError(
      'GRID_CLIENT_LOST_DATA',
      `the worker at ${address} could not take what was to be put there; scatter it again`,
      {
        details: { worker: address, keys: Array.from({ length: values.keys.length }, (_, row) => values.keys.at(row)) },
        cause: error,
      },
    );
  }
}
