import { messageOf, type Logger } from '@grid/common';

import type { ClientPlugin, PluginClient } from './plugin-types.js';

/** The plugins of one client. */
export class ClientPlugins {
  readonly #logger: Logger;
  readonly #held = new Map<string, ClientPlugin>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** Sets a plugin up, in place of one of the same name. @throws what its setup threw; then it is not there */
  async add(name: string, plugin: ClientPlugin, client: PluginClient): Promise<void> {
    await this.drop(name, client);
    this.#held.set(name, plugin);
    try {
      await plugin.setup?.(client);
    } catch (error) {
      if (this.#held.get(name) === plugin) this.#held.delete(name);
      throw error;
    }
  }

  /** Tears a plugin down; `false` if there is none of this name. */
  async drop(name: string, client: PluginClient): Promise<boolean> {
    const plugin = this.#held.get(name);
    if (plugin === undefined) return false;
    this.#held.delete(name);
    await plugin.teardown?.(client, 'unregistered');
    return true;
  }

  /** The client is about to close. What plugins throw then concerns nobody but the log. */
  async close(client: PluginClient): Promise<void> {
    const plugins = [...this.#held].reverse();
    this.#held.clear();
    for (const [name, plugin] of plugins) {
      try {
        await plugin.teardown?.(client, 'closed');
      } catch (error) {
        this.#logger.warn({ plugin: name, error: messageOf(error) }, 'a plugin of the client failed in teardown');
      }
    }
  }
}
