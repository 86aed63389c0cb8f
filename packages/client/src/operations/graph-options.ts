import { executorOf, executorResource, isGridError, parseDuration, type OptionNames } from '@grid/common';
import type { SpanStep } from '@grid/graph';
import { checkFacts, TEXT_LENGTH_MAX } from '@grid/protocol';

import { badOption, checkOptionNames, checkWorkers } from '../check-arguments.js';
import { ClientError } from '../errors.js';
import type { MapOptions, SubmitOptions } from '../options.js';
import type { GraphOptions } from '../shell/graph-batch.js';

const FIFO_TIMEOUT_MS = 100;

/** The executor of tasks that name none, as Dask calls it. */
const DEFAULT_EXECUTOR = 'default';

/** Notes may be so long, as JSON. */
const CUSTOM_LENGTH_MAX = 16_384;

/** The wire form of submit options, and a text that tells sets of them apart. */
export interface CheckedOptions {
  readonly options: GraphOptions;
  readonly optionsKey: string;
}

/** What may be said of one task. */
export interface TaskOptions extends Omit<SubmitOptions, 'key'> {
  readonly actor?: boolean;
  /** The spans around it, the outermost first. */
  readonly span?: readonly SpanStep[];
}

const DEFAULTS: CheckedOptions = withKey({
  priority: 0,
  fifoTimeoutMs: FIFO_TIMEOUT_MS,
  retries: 0,
  workers: [],
  allowOtherWorkers: false,
  timeoutMs: 0,
  resources: null,
  actor: null,
  span: null,
  custom: null,
});

const OPTION_NAMES: OptionNames<SubmitOptions & MapOptions & TaskOptions> = {
  key: true,
  pure: true,
  workers: true,
  allowOtherWorkers: true,
  resources: true,
  retries: true,
  priority: true,
  fifoTimeout: true,
  timeout: true,
  signal: true,
  actor: true,
  span: true,
  executor: true,
  custom: true,
};

/** @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for options that there are not */
export function checkTaskOptionNames(options: object): void {
  checkOptionNames(options, OPTION_NAMES);
}

/** Checks options and brings them into the form of the wire. */
export function checkOptions(options: TaskOptions | undefined): CheckedOptions {
  if (options === undefined || !differs(options)) return DEFAULTS;
  const { priority = 0, retries = 0, workers, allowOtherWorkers = false, fifoTimeout, timeout } = options;
  if (!Number.isFinite(priority)) throw badOption('priority', priority, 'a finite number');
  if (!Number.isSafeInteger(retries) || retries < 0) throw badOption('retries', retries, 'a whole number from 0 on');
  if (allowOtherWorkers && workers === undefined) {
    throw badOption('allowOtherWorkers', true, 'given together with `workers`, which it loosens');
  }
  const places = workers === undefined ? [] : checkWorkers(workers);
  for (const place of places) checkText('workers', place);
  return withKey({
    priority,
    fifoTimeoutMs: fifoTimeout === undefined ? FIFO_TIMEOUT_MS : parseDuration(fifoTimeout),
    retries,
    workers: places,
    allowOtherWorkers,
    timeoutMs: timeout === undefined ? 0 : parseDuration(timeout),
    resources: checkResources(options),
    actor: checkActor(options),
    span: options.span ?? null,
    custom: checkCustom(options.custom),
  });
}

/**
 * Checks a key, or what keys begin with, that a user chose. It has to happen before anything is queued: tasks of one turn
 * travel together, and the scheduler would refuse all of them.
 */
export function checkKey<K extends string>(key: K): K {
  if (key === '') {
    throw new ClientError(
      'GRID_CLIENT_BAD_OPTION',
      'option key is empty; give the task a name, or leave the option out',
      {
        details: { option: 'key' },
      },
    );
  }
  if (typeof key !== 'string') throw badOption('key', key, 'a text');
  checkText('key', key);
  return key;
}

/** @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for a text that no message has room for */
export function checkText(option: string, text: string): void {
  if (text.length * 3 <= TEXT_LENGTH_MAX || Buffer.byteLength(text) <= TEXT_LENGTH_MAX) return;
  throw new ClientError(
    'GRID_CLIENT_BAD_OPTION',
    `option ${option} has a text of ${String(text.length)} characters; it may have ${String(TEXT_LENGTH_MAX)} bytes`,
    { details: { option } },
  );
}

/** Whether anything is said about how to run the task. Most calls say nothing, and then there is nothing to check. */
function differs(options: TaskOptions): boolean {
  return (
    options.priority !== undefined ||
    options.retries !== undefined ||
    options.workers !== undefined ||
    options.resources !== undefined ||
    options.allowOtherWorkers !== undefined ||
    options.fifoTimeout !== undefined ||
    options.timeout !== undefined ||
    options.actor !== undefined ||
    options.span !== undefined ||
    options.executor !== undefined ||
    options.custom !== undefined
  );
}

/** Two actors are never one, however much their arguments are alike. */
function checkActor({ actor, pure }: TaskOptions): boolean | null {
  if (actor !== undefined && typeof actor !== 'boolean') throw badOption('actor', actor, 'true or false');
  if (actor === true && pure === true)
    throw badOption('pure', pure, 'left out for actors, which are made anew each time');
  return actor === true ? true : null;
}

/**
 * By name, so that equal wishes are equal texts. Nothing of something is no wish. An executor is a resource of which each of
 * its threads is one.
 */
function checkResources({ resources = {}, executor, actor }: TaskOptions): GraphOptions['resources'] {
  const amounts = Object.entries(resources).map(([name, amount]) => ({ name, amount }));
  for (const { name, amount } of amounts) {
    if (!Number.isFinite(amount) || amount < 0) throw badOption(`resources.${name}`, amount, 'a number from 0 on');
    if (executorOf(name) !== null) throw badOption(`resources.${name}`, amount, 'given as `executor`');
  }
  if (executor !== undefined && executor !== DEFAULT_EXECUTOR) {
    if (typeof executor !== 'string' || executor === '') {
      throw badOption('executor', executor, 'the name of an executor that workers were started with');
    }
    if (actor === true) throw badOption('executor', executor, 'left out for actors, which have threads of their own');
    checkText('executor', executor);
    amounts.push({ name: executorResource(executor), amount: 1 });
  }
  const wanted = amounts.filter(({ amount }) => amount > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
  return wanted.length === 0 ? null : wanted;
}

/** It travels with each submission and stays as long as its tasks: notes, no data. */
function checkCustom(custom: TaskOptions['custom']): GraphOptions['custom'] {
  if (custom === undefined) return null;
  try {
    const notes = checkFacts(custom, 'custom');
    if (JSON.stringify(notes).length <= CUSTOM_LENGTH_MAX) return Object.keys(notes).length === 0 ? null : notes;
  } catch (cause) {
    if (!isGridError(cause)) throw cause;
  }
  throw badOption(
    'custom',
    'not that',
    `an object of plain data: null, booleans, numbers, texts, arrays and objects, ${String(CUSTOM_LENGTH_MAX)} characters as JSON at most`,
  );
}

function withKey(options: GraphOptions): CheckedOptions {
  return { options, optionsKey: JSON.stringify(options) };
}
