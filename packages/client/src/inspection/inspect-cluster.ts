import type { MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { Future } from '../future.js';
import { assertInspectable } from './assert-inspectable.js';
import { readSchedulerInfo, type SchedulerInfo } from './scheduler-info.js';

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
  return keysByWorker(reply.workers);
}

function keysByWorker(rows: MessageWith<'has-what-reply'>['workers']): Record<string, string[]> {
  return Object.fromEntries(
    rows.map(({ worker, keys }) => [worker, Array.from({ length: keys.length }, (_, row) => keys.at(row))] as const),
  );
}

/** What the scheduler says of itself and its workers. */
export async function schedulerInfo(parts: ClientParts): Promise<SchedulerInfo> {
  parts.assertOpen('schedulerInfo');
  return readSchedulerInfo((await parts.requests.request({ op: 'scheduler-info' })).info);
}

/** All steps that tasks went through, on the scheduler and on the workers, in the order of time. */
export async function story(parts: ClientParts, keys: readonly string[]): Promise<StoryStep[]> {
  parts.assertOpen('story');
  parts.outbox.closeBatch();
  const { rows } = await parts.requests.request({ op: 'story', keys });
  return rows.toSorted((a, b) => a.at - b.at);
}

/** The keys that workers were given to compute, by address. */
export async function processing(parts: ClientParts, workers: readonly string[]): Promise<Record<string, string[]>> {
  parts.assertOpen('processing');
  await assertInspectable(parts);
  parts.outbox.closeBatch();
  const reply = await parts.requests.request({ op: 'processing', workers });
  return keysByWorker(reply.workers);
}

/** Sizes of results, by key or summed up by prefix. */
export async function nbytes(
  parts: ClientParts,
  { keys, summary = true }: { readonly keys?: readonly (Future<unknown> | string)[]; readonly summary?: boolean },
): Promise<Record<string, number>> {
  parts.assertOpen('nbytes');
  await assertInspectable(parts);
  const wanted = keys === undefined ? null : keys.map((key) => (typeof key === 'string' ? key : key.key));
  const { names, sizes } = await parts.requests.request({ op: 'nbytes', keys: wanted, summary });
  return Object.fromEntries(Array.from({ length: names.length }, (_, row) => [names.at(row), sizes[row] ?? 0]));
}

/** The number of threads of workers, by address. */
export async function threadsOf(parts: ClientParts, names: readonly string[]): Promise<Record<string, number>> {
  const { workers } = await schedulerInfo(parts);
  const threads: Record<string, number> = {};
  for (const [address, { name, host, threads: count }] of Object.entries(workers)) {
    if (names.length === 0 || names.some((each) => [address, name, host].includes(each))) threads[address] = count;
  }
  return threads;
}
