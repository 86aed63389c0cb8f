import { messageOf, parseDuration, type Duration, type OptionNames } from '@grid/common';
import { encodeValue, RUN_ON_NANNIES_FEATURE, type CallableValue, type MessageWith } from '@grid/protocol';

import { badArgument, checkArguments, checkOptionNames, checkWorkers } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { decodeFailure } from './task-error.js';

/** How {@link Client.run} goes about it. */
export interface RunOptions {
  /** Addresses or names. Default: all workers. */
  readonly workers?: string | readonly string[];
  /** Whether one worker's error fails the call, takes the place of its result, or is left out. Default: `raise`. */
  readonly onError?: 'raise' | 'return' | 'ignore';
  /** How long all of it may take. Default: `'60s'`, or an hour if it is not waited for. */
  readonly timeout?: Duration;
  /**
   * Whether it runs on the nannies of the workers, in the thread of their plugins, rather than on the workers. Nannies of a
   * `LocalCluster` live in the program that has started it. Default: `false`.
   */
  readonly nanny?: boolean;
  /**
   * Whether to wait for it. If not, the call gives `{}` at once, and what goes wrong is logged. Default: `true`.
   */
  readonly wait?: boolean;
}

const OPTIONS: OptionNames<RunOptions> = { workers: true, onError: true, timeout: true, nanny: true, wait: true };

const RUN_TIMEOUT: Duration = '60s';
const UNWATCHED_TIMEOUT: Duration = '1h';

/** A call that is ready to be sent. */
export interface PreparedRun {
  readonly message: MessageWith<'run-function'>;
  readonly options: Omit<RunOptions, 'workers' | 'nanny'>;
  readonly timeoutMs: number;
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
  checkArguments(args);
  checkOptionNames(options, OPTIONS);
  const captured = encoder.capture(fn);
  const { workers = [], nanny = false, wait = true } = options;
  const timeoutMs = parseDuration(options.timeout ?? (wait ? RUN_TIMEOUT : UNWATCHED_TIMEOUT));
  const message: PreparedRun['message'] = {
    op: 'run-function',
    function: { ...captured, id: 0, units: captured.units.map(({ hash }) => hash) },
    args: encodeValue(args, {
      rootName: 'arguments',
      code: encoder,
      futureFix: 'await its result() and pass that: only tasks wait for futures',
    }),
    workers: checkWorkers(workers),
    units: captured.units,
    nanny: nanny ? true : null,
  };
  return { message, options, timeoutMs };
}

/** What came of a call on one worker. */
export type WorkerOutcome =
  { readonly worker: string; readonly value: unknown } | { readonly worker: string; readonly error: unknown };

/** Runs a function on workers outside of any task; what came of it on each. */
export async function callOnWorkers(
  parts: ClientParts,
  { message, timeoutMs }: PreparedRun,
): Promise<readonly WorkerOutcome[]> {
  const { name } = message.function;
  const { outcomes } = await parts.requests.request(message, { timeoutMs });
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
  const { onError = 'raise', wait = true } = prepared.options;
  await assertRunnable(parts, prepared.message);
  if (!wait) {
    void logFailures(parts, prepared);
    return {};
  }
  const results: Record<string, unknown> = {};
  for (const outcome of await callOnWorkers(parts, prepared)) {
    if ('value' in outcome) results[outcome.worker] = outcome.value;
    else if (onError === 'raise') throw outcome.error;
    else if (onError === 'return') results[outcome.worker] = outcome.error;
  }
  return results;
}

/** @throws {@link ClientError} `GRID_CLIENT_UNSUPPORTED` */
async function assertRunnable(parts: ClientParts, { nanny }: PreparedRun['message']): Promise<void> {
  if (nanny !== true || (await parts.requests.features()).includes(RUN_ON_NANNIES_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', 'run: the scheduler runs nothing on nannies; update it');
}

/** Never rejects: nobody waits for it. */
async function logFailures(parts: ClientParts, prepared: PreparedRun): Promise<void> {
  const { name } = prepared.message.function;
  try {
    for (const outcome of await callOnWorkers(parts, prepared)) {
      if ('error' in outcome)
        parts.logger.warn(
          { worker: outcome.worker, error: messageOf(outcome.error) },
          `run: ${name} failed on a worker`,
        );
    }
  } catch (error) {
    parts.logger.warn({ error: messageOf(error) }, `run: what became of ${name} is not known`);
  }
}
