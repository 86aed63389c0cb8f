import { taskDescriptionOf, type CallableValue } from '@grid/protocol';

import { checkArguments, checkItems, refuseClass } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { Future } from '../future.js';
import type { MapOptions } from '../options.js';
import type { KnownFunction } from '../shell/function-table.js';
import type { GraphBatch } from '../shell/graph-batch.js';
import { annotatedOptions, areAnnotationsByKey, purityOf } from './annotated-options.js';
import { checkKey, checkTaskOptionNames, checkOptions, type TaskOptions } from './graph-options.js';
import { addTask, cancelWith } from './submit.js';
import { keyOfTask, randomKey } from './task-key.js';

/** Rows of one message of a map: the scheduler starts on one slice while the next is encoded. */
const SLICE_ROWS = 20_000;

/** Runs `fn` once for each argument tuple. The function is captured once. */
export function map(
  parts: ClientParts,
  fn: CallableValue,
  tuples: Iterable<readonly unknown[]>,
  options: MapOptions & Pick<TaskOptions, 'actor'>,
): Future<unknown>[] {
  parts.assertOpen('map');
  options.signal?.throwIfAborted();
  checkTaskOptionNames(options);
  const known = parts.functions.capture(fn);
  if (options.actor !== true) refuseClass(known);
  const rows = Array.isArray(tuples) ? (tuples as readonly (readonly unknown[])[]) : Array.from(checkItems(tuples));
  for (const row of rows) checkArguments(row);
  const prefix = typeof options.key === 'string' ? checkKey(options.key) : known.name;
  const pure = purityOf(options) ?? taskDescriptionOf(fn)?.pure;
  const call = { fn: known, rows, prefix, pure, options };
  // Handles of actors are found by their keys.
  const isNumbered = pure === false && options.actor !== true && !Array.isArray(options.key) && !areAnnotationsByKey();
  const records = isNumbered ? mapNumbered(parts, call) : mapKeyed(parts, call);
  const futures = records.map((record) => parts.futures.handOut(record));
  if (options.signal !== undefined) cancelWith(parts, records, options.signal);
  return futures;
}

interface MapCall {
  readonly fn: KnownFunction;
  readonly rows: readonly (readonly unknown[])[];
  readonly options: MapOptions & Pick<TaskOptions, 'actor'>;
  readonly prefix: string;
  readonly pure: boolean | undefined;
}

/** Impure maps: keys are a random prefix and a number, which neither side writes out before somebody asks. */
function mapNumbered(parts: ClientParts, { fn, rows, prefix, options }: MapCall): FutureRecord[] {
  const checked = checkOptions(annotatedOptions(options, prefix));
  const keyPrefix = `${randomKey(prefix)}-`;
  const firstId = parts.state.nextId;
  const batches: GraphBatch[] = [];
  // Encoding may refuse an argument: nothing is sent before all of it has been encoded.
  for (let first = 0; first < rows.length; first += SLICE_ROWS) {
    const batch = parts.outbox.newBatch(checked.options, firstId + first);
    const end = Math.min(first + SLICE_ROWS, rows.length);
    batch.use(fn);
    batch.numberKeys(keyPrefix, first, end - first);
    for (let row = first; row < end; row += 1) {
      const { dependencies, buffers } = parts.args.write(batch.args, rows[row] as readonly unknown[]);
      batch.addNumberedRow(fn.id, dependencies, buffers);
    }
    batches.push(batch);
  }
  for (const batch of batches) parts.outbox.sendBatch(batch);
  return parts.futures.createNumbered(keyPrefix, rows.length);
}

/** Pure maps, and maps with keys of the user's: every task has a key of its own, and may be known already. */
function mapKeyed(parts: ClientParts, { fn, rows, prefix, pure, options }: MapCall): FutureRecord[] {
  const common = areAnnotationsByKey() ? null : checkOptions(annotatedOptions(options, prefix));
  const keys = typeof options.key === 'string' ? undefined : options.key;
  if (keys !== undefined && keys.length !== rows.length) {
    throw new ClientError(
      'GRID_CLIENT_BAD_OPTION',
      `option key has ${String(keys.length)} keys for ${String(rows.length)} tasks; give one for each, or a prefix`,
      { details: { option: 'key', keys: keys.length, tasks: rows.length } },
    );
  }
  const source = { name: prefix, functionHash: parts.functions.keyHashOf(fn), pure };
  const records: FutureRecord[] = [];
  try {
    for (const [row, args] of rows.entries()) {
      const key = keys?.[row] ?? keyOfTask(source, args, parts.tokens);
      const checked = common ?? checkOptions(annotatedOptions(options, key));
      records.push(addTask(parts, { key, fn, args, checked }));
    }
  } catch (error) {
    // The call gives no futures, so nothing of it must be computed.
    for (const record of records) parts.futures.handOut(record).release();
    throw error;
  }
  return records;
}
