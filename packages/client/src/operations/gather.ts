import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { isFuture, type WaitLimit } from '../future.js';
import { fetchResults, type OnError, type Results } from './fetch.js';

/** How {@link Client.gather} treats tasks that failed. */
export interface GatherOptions extends WaitLimit {
  /** `raise`: fail with the first error. `skip`: leave failed futures out of arrays. Default: `raise`. */
  readonly errors?: OnError;
}

/** Stands for a result that is left out. */
const SKIPPED = Symbol('skipped');

/** Replaces every future in nested arrays, plain objects, Maps and Sets by its result. */
export async function gather(parts: ClientParts, futures: unknown, options: GatherOptions): Promise<unknown> {
  const records: FutureRecord[] = [];
  visit(futures, (value) => {
    const record = parts.futures.recordOf(value);
    if (record !== undefined) records.push(record);
    return record !== undefined;
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

function visit(value: unknown, isLeaf: (value: object) => boolean): void {
  if (typeof value !== 'object' || value === null || isLeaf(value)) return;
  if (Array.isArray(value) || value instanceof Set) for (const element of value) visit(element, isLeaf);
  else if (value instanceof Map) for (const element of value.values()) visit(element, isLeaf);
  else if (isPlain(value)) for (const element of Object.values(value)) visit(element, isLeaf);
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

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
