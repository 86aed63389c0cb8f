import { isGridError } from '@grid/common';
import { REPLAY_FEATURE, type CallableValue, type MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { takeUp } from '../coordination/client-place.js';
import type { FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { Future, WaitLimit } from '../future.js';
import { fetchResults } from './fetch.js';
import { settle } from './settle.js';

/** How a task is run in this process. */
export interface RecreateOptions extends WaitLimit {
  /** Stops an attached debugger right before the function is called, as the statement `debugger` does. Default: `false`. */
  readonly breakpoint?: boolean;
}

type TaskSpec = NonNullable<MessageWith<'task-spec-reply'>['spec']>;

/** A task as it is called here. */
interface LocalCall {
  readonly key: string;
  readonly fn: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
  /** The function was restored from what was sent: stacks have to be mapped to the files it came from. */
  readonly isRestored: boolean;
}

/** Runs a task in this process, with the values of its dependencies. */
export async function recreateTask(
  parts: ClientParts,
  future: Future<unknown>,
  options: RecreateOptions,
): Promise<unknown> {
  const record = await open(parts, future, 'recreateTaskLocally');
  return call(parts, await load(parts, { key: record.key, blamed: false }, options), options);
}

/** Runs in this process the task that failed first. */
export async function recreateError(
  parts: ClientParts,
  future: Future<unknown>,
  options: RecreateOptions,
): Promise<unknown> {
  const record = await failed(parts, future, 'recreateErrorLocally', options);
  return call(parts, await load(parts, { key: record.key, blamed: true }, options), options);
}

/** A future of the task that failed first: of `future` itself, or of what it depends on. */
export async function erredFuture(
  parts: ClientParts,
  future: Future<unknown>,
  limit: WaitLimit,
): Promise<Future<unknown>> {
  const record = await failed(parts, future, 'getErroredFuture', limit);
  const { key } = await ask(parts, { key: record.key, blamed: true });
  const root = takeUp(parts, key);
  // It failed: that is about to be told of it.
  await settle(parts, [parts.futures.require(root)], 'all', limit);
  return root;
}

async function open(parts: ClientParts, future: Future<unknown>, what: string): Promise<FutureRecord> {
  parts.assertOpen(what);
  const record = parts.futures.require(future);
  if (!(await parts.requests.features()).includes(REPLAY_FEATURE)) {
    throw new ClientError('GRID_CLIENT_UNSUPPORTED', `${what}: the scheduler does not tell of tasks; update it`);
  }
  parts.outbox.closeBatch();
  // What is asked next goes over another line: the scheduler has to have heard of the task before.
  await parts.requests.request({ op: 'task-states', ids: [] });
  return record;
}

async function failed(
  parts: ClientParts,
  future: Future<unknown>,
  what: string,
  limit: WaitLimit,
): Promise<FutureRecord> {
  const record = await open(parts, future, what);
  await settle(parts, [record], 'all', limit);
  if (record.status === 'error') return record;
  throw notRecreated(record.key, `it did not fail, it is ${record.status}`);
}

async function load(
  parts: ClientParts,
  which: { readonly key: string; readonly blamed: boolean },
  limit: WaitLimit,
): Promise<LocalCall> {
  const { key, spec } = await ask(parts, which);
  if (spec === null) {
    throw notRecreated(key, 'it is data that was scattered, or the scheduler has forgotten it');
  }
  const { fn, isRestored } = await functionOf(parts, spec);
  const args = spec.args.body.length === 0 ? [] : await argumentsOf(parts, spec, limit);
  return { key, fn, args: args as readonly unknown[], isRestored };
}

async function ask(
  parts: ClientParts,
  which: { readonly key: string; readonly blamed: boolean },
): Promise<MessageWith<'task-spec-reply'>> {
  return parts.requests.bulkRequest({ op: 'task-spec', ...which });
}

/** The program's own function, in which its breakpoints are, as long as it is what was sent; else one made of that. */
async function functionOf(
  { functions, opener }: ClientParts,
  { function: part, units }: TaskSpec,
): Promise<Pick<LocalCall, 'fn' | 'isRestored'>> {
  const own = functions.originalOf(part.hash);
  if (own !== undefined) return { fn: asCallable(own), isRestored: false };
  return { fn: asCallable(await opener.openFunction({ ...part, units })), isRestored: true };
}

async function argumentsOf(parts: ClientParts, { args, dependencies }: TaskSpec, limit: WaitLimit): Promise<unknown> {
  const futures = dependencies.map((key) => takeUp(parts, key));
  try {
    const records = futures.map((future) => parts.futures.require(future));
    const results = await fetchResults(parts, [...new Set(records)], 'raise', limit);
    return await parts.opener.open(args, (index) => results.get(records[index] as FutureRecord));
  } finally {
    for (const future of futures) future.release();
  }
}

async function call(
  parts: ClientParts,
  { fn, args, isRestored }: LocalCall,
  options: RecreateOptions,
): Promise<unknown> {
  try {
    // Stepping in leads to the function of the task.
    // eslint-disable-next-line no-debugger -- what `breakpoint` asks for
    if (options.breakpoint === true) debugger;
    return await fn(...args);
  } catch (error) {
    if (isRestored && error instanceof Error && !isGridError(error) && typeof error.stack === 'string') {
      error.stack = parts.opener.mapStack(error.stack);
    }
    throw error;
  }
}

/** What a task takes nobody knows; it was called with this before. */
function asCallable(fn: CallableValue): (...args: unknown[]) => unknown {
  return fn as (...args: unknown[]) => unknown;
}

function notRecreated(key: string, why: string): ClientError {
  return new ClientError('GRID_CLIENT_NOT_RECREATED', `${key} cannot be run here: ${why}`, { details: { key } });
}
