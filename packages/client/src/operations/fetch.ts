import type { Payload } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { WaitLimit } from '../future.js';
import { settle } from './settle.js';
import { errorOfRecord } from './task-error.js';

/** How often a result may vanish between being finished and being fetched before we give up. */
const ROUNDS_MAX = 10;

/** What to do about tasks that did not finish: fail with the first one's error, or leave them out. */
export type OnError = 'raise' | 'skip';

/** Results by record; with `skip`, failed tasks are absent. */
export type Results = ReadonlyMap<FutureRecord, unknown>;

/**
 * Waits for tasks and fetches their results.
 *
 * A result may be lost on its worker after its task finished; then the task is computed again, and so the wait starts
 * again.
 */
export async function fetchResults(
  parts: ClientParts,
  records: readonly FutureRecord[],
  onError: OnError,
  limit: WaitLimit,
): Promise<Results> {
  const results = new Map<FutureRecord, unknown>();
  let missing = records;
  for (let round = 0; round < ROUNDS_MAX && missing.length > 0; round += 1) {
    await settle(parts, missing, onError === 'raise' ? 'all-or-error' : 'all', limit);
    const wanted = await withoutFailed(parts, missing, onError);
    const remote = wanted.filter((record) => record.status === 'finished' && !openInline(parts, record, results));
    if (remote.length > 0) await openRemote(parts, remote, results, limit.signal);
    missing = wanted.filter((record) => !results.has(record));
  }
  const lost = missing[0];
  if (lost !== undefined) {
    throw new ClientError(
      'GRID_CLIENT_LOST_DATA',
      `the result of ${lost.key} was lost again each time it had been computed`,
      {
        details: { key: lost.key, rounds: ROUNDS_MAX },
      },
    );
  }
  return results;
}

/** A record that had finished may be pending again by now: its result was lost, and is to be waited for once more. */
async function withoutFailed(
  parts: ClientParts,
  records: readonly FutureRecord[],
  onError: OnError,
): Promise<readonly FutureRecord[]> {
  const isFailed = ({ status }: FutureRecord): boolean => status !== 'finished' && status !== 'pending';
  if (onError === 'skip') return records.filter((record) => !isFailed(record));
  const failed = records.find(isFailed);
  if (failed !== undefined) throw await errorOfRecord(parts.opener, failed);
  return records;
}

/** Decodes a result that is at hand, and says whether there was one. */
function openInline(parts: ClientParts, record: FutureRecord, results: Map<FutureRecord, unknown>): boolean {
  if (record.block === null || parts.opener.hasCode(record.block, record.start)) return false;
  results.set(record, parts.opener.openInline(record.block, record.start, record.end));
  return true;
}

async function openRemote(
  parts: ClientParts,
  records: readonly FutureRecord[],
  results: Map<FutureRecord, unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const payloads = new Map<FutureRecord, Payload>();
  const elsewhere: FutureRecord[] = [];
  for (const record of records) {
    if (record.block === null) elsewhere.push(record);
    else payloads.set(record, { body: record.block.subarray(record.start, record.end), buffers: [] });
  }
  if (elsewhere.length > 0) {
    parts.assertOpen('fetch a result');
    for (const [record, payload] of await parts.fetcher.fetch(elsewhere, signal)) payloads.set(record, payload);
  }
  for (const [record, payload] of payloads) results.set(record, await parts.opener.open(payload));
}
