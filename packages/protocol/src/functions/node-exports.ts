import { builtinModules, createRequire } from 'node:module';
import type { Reference } from './references.js';

/** Modules whose loading warns. */
const SKIPPED: ReadonlySet<string> = new Set(['sys', 'punycode', '_stream_wrap', 'wasi', 'trace_events']);

/** What Node's own modules export, by identity. Looks only at those that the program has loaded. */
export class NodeExports {
  readonly #known = new Map<unknown, { readonly specifier: string; readonly path: readonly string[] }>();
  readonly #require = createRequire(import.meta.url);
  #modulesRead = 0;
  readonly #read = new Set<string>();

  /** The reference to an object or function that a module of Node's exports. */
  find(value: unknown): Reference | undefined {
    this.#refresh();
    const found = this.#known.get(value);
    return found === undefined ? undefined : builtinReference(found.specifier, found.path);
  }

  #refresh(): void {
    const list = loadedModules();
    if (list.length === this.#modulesRead) return;
    this.#modulesRead = list.length;
    for (const entry of list) {
      const name = /^NativeModule (.+)$/.exec(entry)?.[1];
      if (name === undefined || this.#read.has(name) || SKIPPED.has(name) || name.startsWith('internal/')) continue;
      this.#read.add(name);
      if (builtinModules.includes(name)) this.#readModule(name);
    }
  }

  #readModule(name: string): void {
    const exported: unknown = this.#require(`node:${name}`);
    this.#add(exported, name, []);
    if ((typeof exported !== 'object' && typeof exported !== 'function') || exported === null) return;
    for (const key of Object.getOwnPropertyNames(exported)) {
      // Getters warn of deprecations or load more; whatever is behind them is found once it is a value elsewhere.
      const value: unknown = Object.getOwnPropertyDescriptor(exported, key)?.value;
      if (typeof value === 'function' || (key === 'promises' && typeof value === 'object'))
        this.#add(value, name, [key]);
    }
  }

  #add(value: unknown, name: string, path: readonly string[]): void {
    if (!this.#known.has(value)) this.#known.set(value, { specifier: `node:${name}`, path });
  }
}

/** A reference to something of Node's. */
export function builtinReference(specifier: string, path: readonly string[]): Reference {
  const full = specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  return { kind: 'builtin', specifier: full, file: '', path, pkg: '', version: '', hint: '' };
}

function loadedModules(): readonly string[] {
  const list: unknown = (process as { moduleLoadList?: unknown }).moduleLoadList;
  return Array.isArray(list) ? (list as readonly string[]) : [];
}
