import { asKey } from '@grid/common';
import { taskDescriptionOf, type CallableValue } from '@grid/protocol';

import { checkArguments, refuseClass } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import type { Future } from '../future.js';
import type { SubmitOptions } from '../options.js';
import type { KnownFunction } from '../shell/function-table.js';
import { annotatedOptions, purityOf } from './annotated-options.js';
import {
  checkKey,
  checkTaskOptionNames,
  checkOptions,
  type CheckedOptions,
  type TaskOptions,
} from './graph-options.js';
import { keyOfTask } from './task-key.js';

/** One task to be made, its options checked and its function captured. */
export interface NewTask {
  readonly key: string;
  readonly fn: KnownFunction;
  readonly args: readonly unknown[];
  readonly checked: CheckedOptions;
}

/** Runs `fn(...args)` on the cluster. */
export function submit(
  parts: ClientParts,
  fn: CallableValue,
  args: readonly unknown[],
  options: SubmitOptions & TaskOptions,
): Future<unknown> {
  parts.assertOpen('submit');
  checkArguments(args);
  checkTaskOptionNames(options);
  options.signal?.throwIfAborted();
  const known = parts.functions.capture(fn);
  const { name } = known;
  const functionHash = parts.functions.keyHashOf(known);
  const pure = purityOf(options) ?? taskDescriptionOf(fn)?.pure;
  const key = options.key ?? keyOfTask({ name, functionHash, pure }, args, parts.tokens);
  const checked = checkOptions(annotatedOptions(options, key));
  if (checked.options.actor !== true) refuseClass(known);
  const record = addTask(parts, { key, fn: known, args, checked });
  const future = parts.futures.handOut(record);
  if (options.signal !== undefined) cancelWith(parts, [record], options.signal);
  return future;
}

/** The record of a task; if this client holds no future of its key, the task is sent to the scheduler. */
export function addTask(parts: ClientParts, { key, fn, args, checked }: NewTask): FutureRecord {
  checkKey(key);
  const existing = parts.futures.find(key);
  if (existing !== undefined && existing.status !== 'cancelled') return existing;
  if (existing !== undefined) return revive(parts, existing, { key, fn, args, checked });
  const batch = parts.outbox.batchFor(checked.options, checked.optionsKey, parts.state.nextId);
  // Encoding may refuse an argument; nothing is kept of the task until it has not.
  const { dependencies, buffers } = parts.args.write(batch.args, args);
  batch.use(fn);
  batch.addRow({ key, functionId: fn.id, dependencies, buffers });
  return parts.futures.create(asKey(key));
}

/** A key that was cancelled here and is still held is submitted anew, under a new number. */
function revive(parts: ClientParts, cancelled: FutureRecord, task: NewTask): FutureRecord {
  parts.futures.detach(cancelled);
  return addTask(parts, task);
}

/** Cancels tasks when `signal` fires, unless they are over by then. */
export function cancelWith(parts: ClientParts, records: readonly FutureRecord[], signal: AbortSignal): void {
  signal.addEventListener(
    'abort',
    () => {
      const pending = records.filter(
        (record) => record.status === 'pending' && parts.state.byId.get(record.id) === record,
      );
      if (pending.length > 0 && parts.state.lostReason === null)
        parts.futures.cancel(pending, 'its signal fired', false);
    },
    { once: true },
  );
}
