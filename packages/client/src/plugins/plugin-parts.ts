import { randomUUID } from 'node:crypto';

import { encodeValue, type CodeEncoder, type Facts, type MessageWith } from '@grid/protocol';

import { ClientError } from '../errors.js';
import { BUILT_IN, type BuiltInMark } from './built-in-mark.js';
import type { NpmInstall } from './built-in/npm-install.js';
import { ImportedPlugin } from './import-plugin.js';
import type { Plugin, PluginClass, PluginKind } from './plugin-types.js';

export type PluginPart = MessageWith<'register-plugin'>['plugin'];

const KINDS: readonly PluginKind[] = ['scheduler', 'worker', 'nanny', 'client'];

/** What plugins are told of, besides that they come and go. */
const HOOKS: Readonly<Record<PluginKind, readonly string[]>> = {
  scheduler: [
    'transition',
    'addWorker',
    'removeWorker',
    'addClient',
    'removeClient',
    'updateGraph',
    'restart',
    'logEvent',
  ],
  worker: ['transition'],
  nanny: [],
  client: [],
};

/** What can be registered. */
export type Registrable = Plugin | PluginClass | ImportedPlugin | NpmInstall;

/** What is known of a plugin without making it. */
export interface PluginFacts {
  readonly kind: PluginKind;
  readonly name: string;
  readonly per: 'thread' | 'worker';
  readonly restarts: boolean;
  readonly hooks: readonly string[];
}

/**
 * Looks at a plugin.
 *
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION`
 */
export function factsOf(plugin: unknown, givenName?: string): PluginFacts {
  if ((typeof plugin !== 'object' && typeof plugin !== 'function') || plugin === null) {
    throw bad('a plugin is an object, a class, or what importPlugin gives', 'plugin');
  }
  const { kind, per = 'thread', restart = false } = plugin as Partial<Record<string, unknown>>;
  if (!KINDS.includes(kind as PluginKind)) {
    const what = typeof plugin === 'function' ? 'static member' : 'member';
    throw bad(
      `a plugin says whose it is: give it a ${what} kind of 'scheduler', 'worker', 'nanny' or 'client'`,
      'kind',
    );
  }
  if (per !== 'thread' && per !== 'worker') throw bad(`per is 'thread' or 'worker', not ${String(per)}`, 'per');
  const known = kind as PluginKind;
  const name = nameOf(plugin, givenName);
  const facts = { kind: known, name, per, restarts: restart === true, hooks: hooksOf(plugin, known) } as const;
  if (known === 'worker' && per === 'thread' && facts.hooks.length > 0) {
    throw bad(`plugin '${name}' has a method transition: that is called of plugins with per = 'worker' only`, 'per');
  }
  return facts;
}

/** A plugin made ready to travel: the code of its class, and its fields as they are now. */
export function partOf(plugin: Registrable, facts: PluginFacts, code: CodeEncoder): PluginPart {
  const { name, per, restarts, hooks } = facts;
  const mark = (plugin as { readonly [BUILT_IN]?: BuiltInMark })[BUILT_IN];
  const common = { name, id: randomUUID(), per, restarts, hooks };
  const none: Facts = {};
  if (mark !== undefined) return { ...common, code: null, builtIn: mark.name, options: mark.options };
  const tuple = plugin instanceof ImportedPlugin ? [plugin.make, ...plugin.args] : [plugin];
  const payload = encodeValue(tuple, {
    rootName: 'plugin',
    code,
    futureFix: 'a plugin has no futures; open a client in it',
  });
  return { ...common, code: payload, builtIn: '', options: none };
}

function nameOf(plugin: object, given: string | undefined): string {
  const own = (plugin as { readonly name?: unknown }).name;
  const made = plugin.constructor as { readonly name?: unknown } | undefined;
  const ofClass = typeof plugin === 'function' || made === Object ? undefined : made?.name;
  const name = given ?? own ?? ofClass;
  if (typeof name === 'string' && name !== '') return name;
  throw bad('a plugin needs a name: give it a member name, or the option name', 'name');
}

function hooksOf(plugin: object, kind: PluginKind): readonly string[] {
  if (plugin instanceof ImportedPlugin) return plugin.hooks ?? (kind === 'scheduler' ? HOOKS.scheduler : []);
  const methods = (typeof plugin === 'function' ? (plugin as { prototype: object }).prototype : plugin) as Partial<
    Record<string, unknown>
  >;
  return HOOKS[kind].filter((hook) => typeof methods[hook] === 'function');
}

function bad(text: string, option: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', text, { details: { option } });
}
