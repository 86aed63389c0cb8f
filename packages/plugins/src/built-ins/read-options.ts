import type { Facts } from '@grid/protocol';

import { PluginsError } from '../errors.js';

/** Options of a plugin that came from elsewhere, read with checks. */
export class OptionReader {
  readonly #plugin: string;
  readonly #options: Facts;

  constructor(plugin: string, options: Facts) {
    this.#plugin = plugin;
    this.#options = options;
  }

  texts(name: string): readonly string[] {
    const value = this.#options[name];
    if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
    throw this.bad(name, 'a list of texts');
  }

  text(name: string): string {
    const value = this.#options[name];
    if (typeof value === 'string') return value;
    throw this.bad(name, 'a text');
  }

  positive(name: string): number {
    const value = this.#options[name];
    if (typeof value === 'number' && value >= 0) return value;
    throw this.bad(name, 'a number from 0 on');
  }

  textsByName(name: string): Readonly<Record<string, string>> {
    const value = this.#options[name];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      if (entries.length === Object.keys(value).length) return Object.fromEntries(entries);
    }
    throw this.bad(name, 'texts by name');
  }

  bad(name: string, expected: string): PluginsError {
    return new PluginsError('GRID_PLUGINS_BAD_OPTION', `${this.#plugin}: option '${name}' is not ${expected}`, {
      details: { plugin: this.#plugin, option: name },
    });
  }
}
