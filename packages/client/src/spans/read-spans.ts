import type { ActivityRow } from '@grid/common';
import { SPANS_FEATURE, type MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** What became of the tasks of one name within a span. */
export interface SpanRuns {
  /** Runs that gave a result, and runs that threw. */
  readonly finished: number;
  readonly failed: number;
  /** Of all these runs, waits for promises included. */
  readonly seconds: number;
  /** Of all their results. */
  readonly outputBytes: number;
  /** What their workers had to get from others for them, about. */
  readonly transferredBytes: number;
}

/** So much of what workers do. */
export interface FineMetric {
  /**
   * - `execute`: for a task, in its thread.
   * - `gather-dep`: to have what a task needs. `get-data`: to give it to others.
   * - `spill`: to keep results on disk.
   */
  readonly context: string;
  /** What the keys of the tasks begin with that it was done for; empty: for none. */
  readonly prefix: string;
  /** `deserialize`, `serialize`, `network`, `disk-read`, `disk-write`, or what a task calls it; see `contextMeter`. */
  readonly activity: string;
  /** `seconds`, `bytes`, `count`, or a task's own. */
  readonly unit: string;
  readonly value: number;
}

/** A part of a program, and what its tasks cost; what is within it is counted, too. */
export interface SpanInfo {
  readonly id: string;
  readonly name: string;
  /** Its name, behind those of all that it is in. */
  readonly path: readonly string[];
  /** When its first task was submitted. All times are milliseconds since the epoch, on the scheduler's clock. */
  readonly enqueuedAt: number;
  /** When the first run began, and when the last one ended; `null` before any did. */
  readonly start: number | null;
  readonly stop: number | null;
  /** How many of its tasks are in each state; in `forgotten`, how many there were that nobody holds any more. */
  readonly tasks: Readonly<Record<string, number>>;
  /** Bytes of its results that are on workers now, each once. */
  readonly storedBytes: number;
  /** By what the keys of tasks begin with, that is, mostly, by function. */
  readonly runs: Readonly<Record<string, SpanRuns>>;
  readonly metrics: readonly FineMetric[];
  readonly children: readonly SpanInfo[];
}

/** As the scheduler tells of it: without what is within. */
interface OwnSpan {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly parent: number;
  readonly enqueuedAt: number;
  readonly start: number;
  readonly stop: number;
  readonly storedBytes: number;
  readonly tasks: Readonly<Record<string, number>>;
  readonly forgotten: number;
  readonly prefixes: Readonly<Record<string, OwnRuns>>;
}

interface OwnRuns extends Omit<SpanRuns, 'seconds'> {
  readonly durationMs: number;
}

/** The spans that are in no other. */
export async function spans(parts: ClientParts): Promise<SpanInfo[]> {
  const { spans: rows, activities } = await ask(parts);
  // The scheduler describes its spans so.
  const all = rows as unknown as readonly OwnSpan[];
  const known = new Set(all.map(({ number }) => number));
  const describe = (span: OwnSpan, around: readonly string[]): SpanInfo => {
    const path = [...around, span.name];
    const children = all.filter(({ parent }) => parent === span.number).map((child) => describe(child, path));
    const own = activities.filter((row) => row.span === span.number);
    return withChildren(span, path, own, children);
  };
  return all.filter(({ parent }) => !known.has(parent)).map((span) => describe(span, []));
}

/** What workers did, of whichever span. */
export async function fineMetrics(parts: ClientParts): Promise<FineMetric[]> {
  return sumMetrics((await ask(parts)).activities);
}

async function ask(parts: ClientParts): Promise<MessageWith<'spans-reply'>> {
  parts.assertOpen('read spans');
  if (!(await parts.requests.features()).includes(SPANS_FEATURE)) {
    throw new ClientError('GRID_CLIENT_UNSUPPORTED', 'the scheduler is of a version that knows no spans; upgrade it');
  }
  parts.outbox.closeBatch();
  return parts.requests.request({ op: 'spans' });
}

function withChildren(
  span: OwnSpan,
  path: readonly string[],
  own: readonly ActivityRow[],
  children: readonly SpanInfo[],
): SpanInfo {
  const { id, name, enqueuedAt, start, stop, forgotten } = span;
  return {
    id,
    name,
    path,
    enqueuedAt: Math.min(enqueuedAt, ...children.map((child) => child.enqueuedAt)),
    start: extreme(Math.min, [start, ...children.map((child) => child.start ?? 0)]),
    stop: extreme(Math.max, [stop, ...children.map((child) => child.stop ?? 0)]),
    tasks: sumCounts([{ ...span.tasks, forgotten }, ...children.map(({ tasks }) => tasks)]),
    storedBytes: children.reduce((sum, child) => sum + child.storedBytes, span.storedBytes),
    runs: sumRuns([...ownRuns(span), ...children.flatMap(({ runs }) => Object.entries(runs))]),
    metrics: sumMetrics([...own, ...children.flatMap(({ metrics }) => metrics)]),
    children,
  };
}

function ownRuns({ prefixes }: OwnSpan): [string, SpanRuns][] {
  return Object.entries(prefixes).map(([prefix, { durationMs, ...runs }]) => [
    prefix,
    { ...runs, seconds: durationMs / 1000 },
  ]);
}

/** 0 stands for no time. */
function extreme(choose: (...values: number[]) => number, times: readonly number[]): number | null {
  const known = times.filter((time) => time > 0);
  return known.length === 0 ? null : choose(...known);
}

function sumCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

function sumRuns(all: readonly (readonly [string, SpanRuns])[]): Record<string, SpanRuns> {
  const sums = new Map<string, SpanRuns>();
  for (const [prefix, runs] of all) {
    const sum = sums.get(prefix);
    sums.set(prefix, sum === undefined ? runs : addRuns(sum, runs));
  }
  return Object.fromEntries(sums);
}

function addRuns(a: SpanRuns, b: SpanRuns): SpanRuns {
  return {
    finished: a.finished + b.finished,
    failed: a.failed + b.failed,
    seconds: a.seconds + b.seconds,
    outputBytes: a.outputBytes + b.outputBytes,
    transferredBytes: a.transferredBytes + b.transferredBytes,
  };
}

function sumMetrics(rows: readonly FineMetric[]): FineMetric[] {
  const sums = new Map<string, FineMetric>();
  for (const { context, prefix, activity, unit, value } of rows) {
    const key = JSON.stringify([context, prefix, activity, unit]);
    sums.set(key, { context, prefix, activity, unit, value: value + (sums.get(key)?.value ?? 0) });
  }
  return [...sums.values()];
}
