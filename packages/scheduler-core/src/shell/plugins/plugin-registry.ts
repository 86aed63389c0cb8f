import { formatBytes } from '@grid/common';
import type { PluginPart } from '@grid/plugins';
import { payloadBytes, type MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';

/** Whose plugin it is. */
export type PluginKind = MessageWith<'register-plugin'>['kind'];

/** Plugins of all kinds that are kept; each of them goes to each worker or nanny that comes. */
const PLUGINS_MAX = 200;
/** Bytes of code of all plugins. */
const BYTES_MAX = 64 * 2 ** 20;

/** The plugins that clients have registered, by kind and name: kept for workers and nannies that come later. */
export class PluginRegistry {
  readonly #kept: Record<PluginKind, Map<string, PluginPart>> = {
    scheduler: new Map(),
    worker: new Map(),
    nanny: new Map(),
  };

  has(kind: PluginKind, name: string): boolean {
    return this.#kept[kind].has(name);
  }

  /** Those of one kind, in the order in which they came. */
  of(kind: PluginKind): readonly PluginPart[] {
    return [...this.#kept[kind].values()];
  }

  /**
   * Keeps a plugin, in place of the one that had its name.
   *
   * @throws {@link SchedulerError} `GRID_SCHEDULER_PLUGINS_FULL`; then all is as it was.
   */
  put(kind: PluginKind, part: PluginPart): void {
    const kept = this.#kept[kind];
    const others = this.#all().filter((other) => other !== kept.get(part.name));
    const bytes = others.reduce((sum, other) => sum + bytesOf(other), bytesOf(part));
    if (others.length >= PLUGINS_MAX || bytes > BYTES_MAX) throw full(part.name);
    // The one that came last is set up last.
    kept.delete(part.name);
    kept.set(part.name, part);
  }

  /** Forgets a plugin; `false` if there is none of this name. */
  remove(kind: PluginKind, name: string): boolean {
    return this.#kept[kind].delete(name);
  }

  #all(): PluginPart[] {
    return Object.values(this.#kept).flatMap((plugins) => [...plugins.values()]);
  }
}

function bytesOf({ code }: PluginPart): number {
  return code === null ? 0 : payloadBytes(code);
}

function full(name: string): SchedulerError {
  return new SchedulerError(
    'GRID_SCHEDULER_PLUGINS_FULL',
    `no room for plugin '${name}': ${String(PLUGINS_MAX)} plugins, or ${formatBytes(BYTES_MAX)} of code, are the most; ` +
      'unregister some, or upload what is large and have the plugin read it',
    { details: { name } },
  );
}
