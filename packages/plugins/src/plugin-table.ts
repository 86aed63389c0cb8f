import { ValueDecoder, type CodeDecoder, type Payload } from '@grid/protocol';

import { PluginsError } from './errors.js';
import type { PluginPart } from './plugin-part.js';

/** How a realm makes live objects of what travels. */
export interface PluginCode {
  readonly decoder: CodeDecoder;
  /** Loads what a value with code in it refers to. */
  prepare(payload: Payload): Promise<void>;
}

/** The methods that are called when a plugin comes and goes. */
export interface PluginLife {
  readonly begin: 'setup' | 'start';
  readonly end: 'teardown' | 'close';
}

/** A plugin in this realm. */
interface Held {
  readonly id: string;
  /** `undefined` while it is being made, and if that failed. */
  plugin: Record<string, unknown> | undefined;
  /** What its setup threw. */
  problem: { readonly error: unknown } | undefined;
}

/**
 * The plugins of one realm, by name: made of what travelled, set up, torn down, told of things. What a plugin throws concerns
 * whoever asked, or is given to `onError`; it never gets further.
 *
 * Its steps are taken one after the other, in the order in which they were asked for.
 */
export class PluginTable {
  readonly #code: PluginCode;
  readonly #life: PluginLife;
  readonly #onError: (name: string, hook: string, error: unknown) => void;
  readonly #held = new Map<string, Held>();
  #last: Promise<unknown> = Promise.resolve();
  #steps = 0;

  constructor(code: PluginCode, life: PluginLife, onError: (name: string, hook: string, error: unknown) => void) {
    this.#code = code;
    this.#life = life;
    this.#onError = onError;
  }

  /** Whether nothing is being set up or torn down. */
  get isIdle(): boolean {
    return this.#steps === 0;
  }

  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Settles when what was asked for before is done. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /**
   * Sets a plugin up, in place of one of the same name, which is torn down before. Nothing happens if it is there already.
   *
   * @param context - what its setup is called with
   * @throws what making it or its setup threw; {@link PluginsError} `GRID_PLUGINS_NOT_A_PLUGIN`
   */
  add(part: PluginPart, context: unknown): Promise<void> {
    return this.#inTurn(async () => {
      const { name, id } = part;
      if (this.#held.get(name)?.id === id) return;
      await this.#end(name, context).catch((error: unknown) => this.#onError(name, this.#life.end, error));
      const held: Held = { id, plugin: undefined, problem: undefined };
      this.#held.set(name, held);
      try {
        const plugin = await this.#make(part);
        await methodOf(plugin, this.#life.begin)?.call(plugin, context);
        held.plugin = plugin;
      } catch (error) {
        held.problem = { error };
        throw error;
      }
    });
  }

  /** Tears a plugin down, and forgets it; `false` if there is none of this name. @throws what its teardown threw */
  drop(name: string, context: unknown): Promise<boolean> {
    return this.#inTurn(() => this.#end(name, context));
  }

  /** Tears all plugins down, those that came last first. */
  close(context: unknown): Promise<void> {
    return this.#inTurn(async () => {
      for (const name of [...this.#held.keys()].reverse()) {
        await this.#end(name, context).catch((error: unknown) => this.#onError(name, this.#life.end, error));
      }
    });
  }

  /**
   * The live plugin of this name; `undefined` if there is none.
   *
   * @throws what its setup threw
   */
  get(name: string): object | undefined {
    const held = this.#held.get(name);
    if (held?.problem !== undefined) throw held.problem.error;
    return held?.plugin;
  }

  /** Tells all plugins of something that have a method of this name. What they do about it is not waited for. */
  tell(hook: string, args: readonly unknown[]): void {
    for (const [name, { plugin }] of this.#held) {
      if (plugin === undefined) continue;
      try {
        const outcome: unknown = methodOf(plugin, hook)?.apply(plugin, [...args]);
        if (outcome instanceof Promise) outcome.catch((error: unknown) => this.#onError(name, hook, error));
      } catch (error) {
        this.#onError(name, hook, error);
      }
    }
  }

  async #end(name: string, context: unknown): Promise<boolean> {
    const held = this.#held.get(name);
    if (held === undefined) return false;
    this.#held.delete(name);
    const { plugin } = held;
    if (plugin !== undefined) await methodOf(plugin, this.#life.end)?.call(plugin, context);
    return true;
  }

  async #make({ name, code }: PluginPart): Promise<Record<string, unknown>> {
    if (code === null) throw notAPlugin(name, 'nothing');
    await this.#code.prepare(code);
    const [subject, ...args] = new ValueDecoder().decode(code, { code: this.#code.decoder }) as unknown[];
    const plugin = typeof subject === 'function' ? await makeWith(subject as Maker, args) : subject;
    if (typeof plugin !== 'object' || plugin === null) throw notAPlugin(name, plugin === null ? 'null' : typeof plugin);
    return plugin as Record<string, unknown>;
  }

  async #inTurn<T>(step: () => Promise<T>): Promise<T> {
    this.#steps += 1;
    const turn = this.#last.then(step).finally(() => {
      this.#steps -= 1;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}

type Maker = (new (...args: readonly unknown[]) => unknown) & ((...args: readonly unknown[]) => unknown);

/** Only classes begin like this, and only they cannot be called. */
const CLASS = /^class\b/;

async function makeWith(maker: Maker, args: readonly unknown[]): Promise<unknown> {
  return CLASS.test(Function.prototype.toString.call(maker)) ? new maker(...args) : maker(...args);
}

function methodOf(plugin: Record<string, unknown>, name: string): ((...args: unknown[]) => unknown) | undefined {
  const method = plugin[name];
  return typeof method === 'function' ? (method as (...args: unknown[]) => unknown) : undefined;
}

function notAPlugin(name: string, what: string): PluginsError {
  return new PluginsError(
    'GRID_PLUGINS_NOT_A_PLUGIN',
    `what arrived as plugin '${name}' is ${what}, where an object with hooks, or a class or function that makes one, was expected`,
    { details: { name } },
  );
}
