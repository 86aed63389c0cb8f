import { isGridError } from '@grid/common';
import type { Facts, MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import type { Future } from '../future.js';

/** One step of a task, on the scheduler or on a worker. */
export interface StoryStep {
  /** `scheduler`, or the address of a worker. */
  readonly server: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** What caused it: all that one cause led to carries the same id. */
  readonly stimulusId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The addresses of the workers that hold each result, by key. */
export async function whoHas(
  parts: ClientParts,
  futures?: readonly Future<unknown>[],
): Promise<Record<string, string[]>> {
  parts.assertOpen('whoHas');
  const ids = futures === undefined ? null : futures.map((future) => parts.futures.require(future).id);
  parts.outbox.closeBatch();
  const { holders: rows } = await parts.requests.request({ op: 'who-has', ids });
  return Object.fromEntries(
    Array.from({ length: rows.keys.length }, (_, row) => [rows.keys.at(row), holdersOfRow(rows, row)] as const),
  );
}

function holdersOfRow(rows: MessageWith<'who-has-reply'>['holders'], row: number): string[] {
  const start = row === 0 ? 0 : (rows.holders.ends[row - 1] ?? 0);
  const end = rows.holders.ends[row] ?? start;
  const addresses: string[] = [];
  for (let index = start; index < end; index += 1) {
    const address = rows.workers[rows.holders.ids[index] ?? -1]?.address;
    if (address !== undefined) addresses.push(address);
  }
  return addresses;
}

/** The keys that each worker holds, by its address. */
export async function hasWhat(parts: ClientParts, workers: readonly string[]): Promise<Record<string, string[]>> {
  parts.assertOpen('hasWhat');
  parts.outbox.closeBatch();
  const reply = await parts.requests.request({ op: 'has-what', workers });
  return Object.fromEntries(
    reply.workers.map(
      ({ worker, keys }) => [worker, Array.from({ length: keys.length }, (_, row) => keys.at(row))] as const,
    ),
  );
}

/** What the scheduler says of itself and its workers. */
export async function schedulerInfo(parts: ClientParts): Promise<Facts> {
  parts.assertOpen('schedulerInfo');
  return (await parts.requests.request({ op: 'scheduler-info' })).info;
}

/** All steps that tasks went through, on the scheduler and on the workers, in the order of time. */
export async function story(parts: ClientParts, keys: readonly string[]): Promise<StoryStep[]> {
  parts.assertOpen('story');
  parts.outbox.closeBatch();
  const { rows } = await parts.requests.request({ op: 'story', keys });
  return rows.toSorted((a, b) => a.at - b.at);
}

/** Says in a sentence what tasks wait for: for errors of waits that ended early. */
export async function explainWait(parts: ClientParts, records: readonly FutureRecord[]): Promise<string> {
  if (parts.state.lostReason !== null) return parts.state.lostReason;
  try {
    return await askForStates(parts, records);
  } catch (error) {
    // The wait is over in any case; its own error must not be replaced by this one.
    if (!isGridError(error)) throw error;
    return `the scheduler does not say why: ${error.message}`;
  }
}

async function askForStates(parts: ClientParts, records: readonly FutureRecord[]): Promise<string> {
  const { states, workerCount } = await parts.requests.request(
    { op: 'task-states', ids: records.slice(0, 1000).map(({ id }) => id) },
    { timeoutMs: 2000 },
  );
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const list = Array.from(counts, ([state, count]) => `${String(count)} ${state}`).join(', ');
  const workers =
    workerCount === 0 ? 'no workers are connected; start one' : `${String(workerCount)} workers are connected`;
  return `on the scheduler they are ${list}, and ${workers}`;
}
