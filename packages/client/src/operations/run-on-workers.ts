import { encodeValue, type CallableValue, type MessageWith } from '@grid/protocol';

import { badArgument } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { decodeFailure } from './task-error.js';

/** How {@link Client.run} goes about it. */
export interface RunOptions {
  /** Addresses or names. Default: all workers. */
  readonly workers?: string | readonly string[];
  /** Whether one worker's error fails the call, takes the place of its result, or is left out. Default: `raise`. */
  readonly onError?: 'raise' | 'return' | 'ignore';
  /** How long all of it may take, in milliseconds. Default: 60 000. */
  readonly timeoutMs?: number;
}

const RUN_TIMEOUT_MS = 60_000;

/** A call that is ready to be sent. */
export interface PreparedRun {
  readonly message: MessageWith<'run-function'>;
  readonly options: RunOptions;
}

/** Captures a function and its arguments as they are now. */
export function prepareRun(
  parts: ClientParts,
  fn: CallableValue,
  args: readonly unknown[],
  options: RunOptions,
): PreparedRun {
  parts.assertOpen('run');
  const { encoder } = parts.functions;
  if (typeof fn !== 'function') throw badArgument('what is to run is a function', fn);
  const captured = encoder.capture(fn);
  const { workers = [] } = options;
  const message: PreparedRun['message'] = {
    op: 'run-function',
    function: { ...captured, id: 0, units: captured.units.map(({ hash }) => hash) },
    args: encodeValue(args, {
      rootName: 'arguments',
      code: encoder,
      futureFix: 'await its result() and pass that: only tasks wait for futures',
    }),
    workers: typeof workers === 'string' ? [workers] : workers,
    units: captured.units,
  };
  return { message, options };
}

/** What came of a call on one worker. */
export type WorkerOutcome =
  { readonly worker: string; readonly value: unknown } | { readonly worker: string; readonly error: unknown };

/** Runs a function on workers outside of any task; what came of it on each. */
export async function callOnWorkers(
  parts: ClientParts,
  { message, options }: PreparedRun,
): Promise<readonly WorkerOutcome[]> {
  const { name } = message.function;
  const { outcomes } = await parts.requests.request(message, { timeoutMs: options.timeoutMs ?? RUN_TIMEOUT_MS });
  const opened: WorkerOutcome[] = [];
  for (const { worker, value, failure } of outcomes) {
    if (value !== null) opened.push({ worker, value: await parts.opener.open(value) });
    else if (failure !== null)
      opened.push({ worker, error: await decodeFailure(parts.opener, { failure, blame: name, worker }, name) });
  }
  return opened;
}

/** The same; results by the worker's address. */
export async function runOnWorkers(parts: ClientParts, prepared: PreparedRun): Promise<Record<string, unknown>> {
  const { onError = 'raise' } = prepared.options;
  const results: Record<string, unknown> = {};
  for (const outcome of await callOnWorkers(parts, prepared)) {
    if ('value' in outcome) results[outcome.worker] = outcome.value;
    else if (onError === 'raise') throw outcome.error;
    else if (onError === 'return') results[outcome.worker] = outcome.error;
  }
  return results;
}
