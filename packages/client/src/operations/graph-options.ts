import { parseDuration } from '@grid/common';

import { ClientError } from '../errors.js';
import type { SubmitOptions } from '../options.js';
import type { GraphOptions } from '../shell/graph-batch.js';

const FIFO_TIMEOUT_MS = 100;

/** The wire form of submit options, and a text that tells sets of them apart. */
export interface CheckedOptions {
  readonly options: GraphOptions;
  readonly optionsKey: string;
}

const DEFAULTS: CheckedOptions = withKey({
  priority: 0,
  fifoTimeoutMs: FIFO_TIMEOUT_MS,
  retries: 0,
  workers: [],
  allowOtherWorkers: false,
  timeoutMs: 0,
});

/** Checks options and brings them into the form of the wire. */
export function checkOptions(options: Omit<SubmitOptions, 'key'> | undefined): CheckedOptions {
  if (options === undefined || !differs(options)) return DEFAULTS;
  const { priority = 0, retries = 0, workers, allowOtherWorkers = false, fifoTimeout, timeout } = options;
  if (!Number.isFinite(priority)) throw badOption('priority', priority, 'a finite number');
  if (!Number.isSafeInteger(retries) || retries < 0) throw badOption('retries', retries, 'a whole number from 0 on');
  if (allowOtherWorkers && workers === undefined) {
    throw badOption('allowOtherWorkers', true, 'given together with `workers`, which it loosens');
  }
  return withKey({
    priority,
    fifoTimeoutMs: fifoTimeout === undefined ? FIFO_TIMEOUT_MS : parseDuration(fifoTimeout),
    retries,
    workers: workers === undefined ? [] : typeof workers === 'string' ? [workers] : workers,
    allowOtherWorkers,
    timeoutMs: timeout === undefined ? 0 : parseDuration(timeout),
  });
}

/** Whether anything is said about how to run the task. Most calls say nothing, and then there is nothing to check. */
function differs(options: Omit<SubmitOptions, 'key'>): boolean {
  return (
    options.priority !== undefined ||
    options.retries !== undefined ||
    options.workers !== undefined ||
    options.allowOtherWorkers !== undefined ||
    options.fifoTimeout !== undefined ||
    options.timeout !== undefined
  );
}

function withKey(options: GraphOptions): CheckedOptions {
  return { options, optionsKey: JSON.stringify(options) };
}

function badOption(option: string, value: unknown, expected: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', `option ${option} is ${String(value)}; it must be ${expected}`, {
    details: { option },
  });
}
