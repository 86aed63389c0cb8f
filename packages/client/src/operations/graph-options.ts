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
  resources: null,
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
    resources: checkResources(options.resources),
  });
}

/** Whether anything is said about how to run the task. Most calls say nothing, and then there is nothing to check. */
function differs(options: Omit<SubmitOptions, 'key'>): boolean {
  return (
    options.priority !== undefined ||
    options.retries !== undefined ||
    options.workers !== undefined ||
    options.resources !== undefined ||
    options.allowOtherWorkers !== undefined ||
    options.fifoTimeout !== undefined ||
    options.timeout !== undefined
  );
}

/** By name, so that equal wishes are equal texts. Nothing of something is no wish. */
function checkResources(resources: SubmitOptions['resources']): GraphOptions['resources'] {
  const amounts = Object.entries(resources ?? {})
    .map(([name, amount]) => ({ name, amount }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, amount } of amounts) {
    if (!Number.isFinite(amount) || amount < 0) throw badOption(`resources.${name}`, amount, 'a number from 0 on');
  }
  const wanted = amounts.filter(({ amount }) => amount > 0);
  return wanted.length === 0 ? null : wanted;
}

function withKey(options: GraphOptions): CheckedOptions {
  return { options, optionsKey: JSON.stringify(options) };
}

function badOption(option: string, value: unknown, expected: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', `option ${option} is ${String(value)}; it must be ${expected}`, {
    details: { option },
  });
}
