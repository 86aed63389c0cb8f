import type { OptionNames } from '@grid/common';

import { checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { isFuture, type WaitLimit } from '../future.js';
import { fetchResults, type OnError, type Results } from './fetch.js';
import { isPlain, visitFutures } from './nested-futures.js';

/** How {@link Client.gather} treats tasks that failed. */
export interface GatherOptions extends WaitLimit {
  /** `raise`: fail with the first error. `skip`: leave failed futures out of arrays. Default: `raise`. */
  readonly errors?: OnError;
}

const OPTIONS: OptionNames<GatherOptions> = { errors: true, signal: true, timeout: true };

/** Stands for a result that is left out. */
const SKIPPED = Symbol('skipped');

/** Replaces every future in nested arrays, plain objects, Maps and Sets by its result. */
export async function gather(parts: ClientParts, futures: unknown, options: GatherOptions): Promise<unknown> {
  checkOptionNames(options, OPTIONS);
  const records: FutureRecord[] = [];
  visitFutures(futures, (future) => {
    const record = parts.futures.recordOf(future);
    if (record !== undefined) records.push(record);
  });
  const unique = new Set(records);
  const results = await fetchResults(
    parts,
    unique.size === records.length ? records : [...unique],
    options.errors ?? 'raise',
    options,
  );
  return replace(futures, (value) => resultOf(parts, value, results));
}

function resultOf(parts: ClientParts, value: object, results: Results): unknown {
  const record = parts.futures.recordOf(value);
  if (record === undefined) return value;
  return results.has(record) ? results.get(record) : SKIPPED;
}

function replace(value: unknown, resultFor: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isFuture(value)) return resultFor(value);
  if (Array.isArray(value)) {
    return value.map((element) => replace(element, resultFor)).filter((element) => element !== SKIPPED);
  }
  if (value instanceof Set) return new Set(Array.from(value, (element) => replace(element, resultFor)));
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, element]) => [key, replace(element, resultFor)] as const));
  }
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, replace(element, resultFor)]));
}
