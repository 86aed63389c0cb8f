import { isGridError, parseDuration, type Duration } from '@grid/common';
import { PLUGINS_FEATURE } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { factsOf, partOf, type PluginFacts, type PluginPart, type Registrable } from '../plugins/plugin-parts.js';
import type { ClientPlugin, PluginClient, PluginKind } from '../plugins/plugin-types.js';
import { decodeFailure } from './task-error.js';

/** How {@link Client.registerPlugin} goes about it. */
export interface RegisterPluginOptions {
  /** What it is known by. Default: what the plugin says, else the name of its class. */
  readonly name?: string;
  /** Whether to leave all as it is if there is a plugin of this kind and name. Default: `false`, it is replaced. */
  readonly idempotent?: boolean;
  /** How long to wait until it is set up everywhere. Default: `'5m'`. */
  readonly timeout?: Duration;
}

/** Which plugin to take away. */
export interface UnregisterPluginOptions {
  /** Whose plugin it is. Default: any of that name. */
  readonly kind?: PluginKind;
  /** Default: `'5m'`. */
  readonly timeout?: Duration;
}

/** What came of a registration. */
export interface PluginRegistration {
  readonly kind: PluginKind;
  readonly name: string;
  /** Whether one of this name was there, and was left as it is. */
  readonly isKept: boolean;
  /** How many workers or nannies have set it up; 1 of the scheduler's and the client's. */
  readonly count: number;
}

const TIMEOUT: Duration = '5m';

type Problem = { readonly where: string; readonly failure: Parameters<typeof decodeFailure>[1]['failure'] };

/** A plugin that is ready to be registered. */
export interface PreparedPlugin {
  readonly facts: PluginFacts;
  readonly plugin: Registrable;
  /** `null` of a client's. */
  readonly part: PluginPart | null;
  readonly options: RegisterPluginOptions;
}

/** Captures a plugin as it is now. */
export function preparePlugin(parts: ClientParts, plugin: Registrable, options: RegisterPluginOptions): PreparedPlugin {
  parts.assertOpen('register a plugin');
  const facts = factsOf(plugin, options.name);
  const part = facts.kind === 'client' ? null : partOf(plugin, facts, parts.functions.encoder);
  return { facts, plugin, part, options };
}

/** Registers a plugin, and waits until it is set up. */
export async function registerPlugin(
  parts: ClientParts,
  client: PluginClient,
  { facts, plugin, part, options }: PreparedPlugin,
): Promise<PluginRegistration> {
  const { kind, name } = facts;
  const { idempotent = false, timeout = TIMEOUT } = options;
  if (kind === 'client' || part === null) {
    const isKept = idempotent && parts.plugins.has(name);
    if (!isKept) await parts.plugins.add(name, localPlugin(plugin), client);
    return { kind, name, isKept, count: 1 };
  }
  await assertKnown(parts);
  const timeoutMs = parseDuration(timeout);
  const message = { op: 'register-plugin', kind, idempotent, plugin: part } as const;
  const { isKept, count, problems } = await inTime(name, timeoutMs, () =>
    parts.requests.request(message, { timeoutMs }),
  );
  if (!isKept) parts.setup?.notePlugin(message);
  if (problems.length > 0) throw await failed(parts, name, 'set up', problems);
  return { kind, name, isKept, count };
}

/** Takes a plugin away; `false` if there is none. */
export async function unregisterPlugin(
  parts: ClientParts,
  client: PluginClient,
  plugin: string | Registrable,
  { kind: onlyKind, timeout = TIMEOUT }: UnregisterPluginOptions,
): Promise<boolean> {
  parts.assertOpen('unregister a plugin');
  const facts = typeof plugin === 'string' ? null : factsOf(plugin);
  const name = typeof plugin === 'string' ? plugin : (facts?.name ?? '');
  const wanted = onlyKind ?? facts?.kind;
  const kinds = wanted === undefined ? (['client', 'scheduler', 'worker', 'nanny'] as const) : [wanted];
  const timeoutMs = parseDuration(timeout);
  let hasFound = false;
  for (const kind of kinds) {
    if (kind === 'client') {
      hasFound = (await parts.plugins.drop(name, client)) || hasFound;
      continue;
    }
    await assertKnown(parts);
    const { found, problems } = await inTime(name, timeoutMs, () =>
      parts.requests.request({ op: 'unregister-plugin', kind, name }, { timeoutMs }),
    );
    if (problems.length > 0) throw await failed(parts, name, 'torn down', problems);
    parts.setup?.forgetPlugin(kind, name);
    hasFound = found || hasFound;
  }
  return hasFound;
}

function localPlugin(plugin: Registrable): ClientPlugin {
  // The kind has been looked at: a class of plugins of clients makes those, and an imported plugin is never one.
  return (typeof plugin === 'function' ? new plugin() : plugin) as ClientPlugin;
}

async function assertKnown(parts: ClientParts): Promise<void> {
  if ((await parts.requests.features()).includes(PLUGINS_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', 'the scheduler is of a version that knows no plugins; upgrade it');
}

async function inTime<T>(name: string, timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isGridError(error, 'GRID_CLIENT_SCHEDULER_SILENT')) throw error;
    throw new ClientError(
      'GRID_CLIENT_TIMEOUT',
      `plugin '${name}': not all have answered after ${String(timeoutMs)} ms; they go on. A thread that runs a task sets ` +
        'a plugin up once the task is over',
      { details: { plugin: name, timeoutMs }, cause: error },
    );
  }
}

async function failed(
  parts: ClientParts,
  name: string,
  what: string,
  problems: readonly Problem[],
): Promise<ClientError> {
  const [first] = problems as readonly [Problem, ...Problem[]];
  const { where, failure } = first;
  const cause = await decodeFailure(parts.opener, { failure, blame: name, worker: where }, name);
  const others = problems.length === 1 ? '' : `, and at ${String(problems.length - 1)} more`;
  return new ClientError(
    'GRID_CLIENT_PLUGIN_FAILED',
    `plugin '${name}' could not be ${what} at ${where}${others}: ${failure.name}: ${failure.message}`,
    {
      details: {
        plugin: name,
        problems: problems.map((problem) => ({ where: problem.where, message: problem.failure.message })),
      },
      cause,
    },
  );
}
