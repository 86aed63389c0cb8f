import { defineMessage } from './define-message.js';
import { facts, flag, id, list, oneOf, optional, payload, record, text } from './fields.js';
import { failurePart } from './parts.js';

/*
 * Plugins: code of users that goes along with the cluster. Peers that know these messages name the feature `plugins` in
 * their handshake; to others none of them is sent.
 */

/** What peers that know these messages name in their handshake. */
export const PLUGINS_FEATURE = 'plugins';

/** Whose plugin it is. */
const pluginKind = oneOf(['scheduler', 'worker', 'nanny']);

/** A plugin, opaque to whoever passes it on. */
export const pluginPart = record({
  name: text,
  /** Tells this registration from any other, also of the same name. */
  id: text,
  /**
   * An encoded tuple: the plugin itself, or a class or function that makes it, and the arguments for that. `null`: it is one
   * that all processes have, and `builtIn` names it.
   */
  code: optional(payload),
  builtIn: text,
  /** What a plugin that all processes have is to do. */
  options: facts,
  /** Of a worker's plugin: whether each thread that runs tasks has one of its own, or there is one for the worker. */
  per: oneOf(['thread', 'worker']),
  /** What it wants to be told of. */
  hooks: list(text),
  /** Of a nanny's plugin: whether its worker is started anew once it is set up. */
  restarts: flag,
});

/** Where a plugin could not be set up or torn down, and why. */
const pluginProblem = record({ where: text, failure: failurePart });

/**
 * Client to scheduler: keep this plugin, in place of one of the same kind and name, and give it to all whom it is for, also to
 * those that come later. `idempotent`: leave all as it is if there is one of this kind and name. Answered when all who are
 * there have set it up, or have said why not.
 */
export const registerPluginRequest = defineMessage('register-plugin', 320, {
  kind: pluginKind,
  idempotent: flag,
  plugin: pluginPart,
});
export const registerPluginReply = defineMessage('register-plugin-reply', 321, {
  /** Whether one of this kind and name was there, and was left as it is. */
  isKept: flag,
  /** How many have set it up. */
  count: id,
  problems: list(pluginProblem),
});

/** Client to scheduler: forget this plugin, and have it torn down. */
export const unregisterPluginRequest = defineMessage('unregister-plugin', 322, { kind: pluginKind, name: text });
export const unregisterPluginReply = defineMessage('unregister-plugin-reply', 323, {
  found: flag,
  problems: list(pluginProblem),
});

/**
 * Scheduler to worker or nanny: set this plugin up, in place of one of the same name. Tasks that come after this find it.
 * Answered when that is done, or has failed.
 */
export const addPluginRequest = defineMessage('add-plugin', 324, { plugin: pluginPart });
export const addPluginReply = defineMessage('add-plugin-reply', 325, { failure: optional(failurePart) });

/** Scheduler to worker or nanny: tear this plugin down. */
export const dropPluginRequest = defineMessage('drop-plugin', 326, { name: text });
export const dropPluginReply = defineMessage('drop-plugin-reply', 327, { failure: optional(failurePart) });
