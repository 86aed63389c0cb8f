import type { CallableValue } from '@grid/protocol';

import { importTask } from '../functions/import-task.js';
import type { PluginKind } from './plugin-types.js';

/** What {@link importPlugin} has to be told, since the plugin is not here to be looked at. */
export interface ImportPluginOptions {
  readonly kind: Exclude<PluginKind, 'client'>;
  /** The export that is the plugin's class, or a function that makes it. Default: `default`. */
  readonly exportName?: string;
  /** What the class or function is called with. Default: nothing. */
  readonly args?: readonly unknown[];
  /** Default: the name of the module. */
  readonly name?: string;
  /** As a member of the plugin would say. */
  readonly per?: 'thread' | 'worker';
  /** As a member of the plugin would say. */
  readonly restart?: boolean;
  /** What it is to be told of. Default: all that schedulers tell, and nothing that workers tell. */
  readonly hooks?: readonly string[];
}

/** A plugin that is a module of where it is to live. */
export class ImportedPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  readonly per: 'thread' | 'worker';
  readonly restart: boolean;
  readonly hooks: readonly string[] | undefined;
  readonly args: readonly unknown[];
  /** Stands for the class or function. */
  readonly make: CallableValue;

  constructor(module: string, options: ImportPluginOptions) {
    const { kind, exportName = 'default', args = [], name = module, per = 'thread', restart = false, hooks } = options;
    this.kind = kind;
    this.name = name;
    this.per = per;
    this.restart = restart;
    this.hooks = hooks;
    this.args = args;
    this.make = importTask(module, exportName);
  }
}

/**
 * A plugin that is installed where it is to live, as a class or a function that makes it; nothing of its code is sent.
 *
 * @param module - As for `importTask`: a package, `/opt/plugins.mjs`, or, for workers, `upload:plugins.mjs`.
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for a relative path.
 *
 * @example
 * ```ts
 * await client.registerPlugin(importPlugin('@acme/grid-metrics', { kind: 'scheduler', args: [{ port: 9000 }] }));
 * ```
 */
export function importPlugin(module: string, options: ImportPluginOptions): ImportedPlugin {
  return new ImportedPlugin(module, options);
}
