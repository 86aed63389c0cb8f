import { hash } from 'node:crypto';
import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { UnitRecord } from './code-section.js';
import { evaluateUnit } from './evaluate-unit.js';
import { loadError } from './load-errors.js';
import type { PackageLoader } from './package-loader.js';
import { Recent } from './recent.js';

/** How many units stay evaluated. A program has as many as it has scripts with functions that it sends. */
export const MAX_UNITS = 2000;

type SetVariables = (values: readonly unknown[]) => void;

/** What the text of a unit makes; see `UnitLevel`. The text is written so that this is so. */
type Level = readonly [(index: number, value: unknown) => void, ...Entry[]];
type Entry = (
  superclass?: unknown,
  keys?: readonly (string | symbol)[],
) => Level | readonly [CallableValue, SetVariables];
type Factory = (
  importFromTask: (specifier: unknown) => Promise<unknown>,
  meta: object,
  require: NodeJS.Require,
) => Level;

/** A function that was made, and what gives its variables their values. */
export interface MadeFunction {
  readonly value: CallableValue;
  readonly setVariables: SetVariables;
}

/** Functions that share variables, and what makes them. */
export interface FunctionContext {
  setVariable(index: number, value: unknown): void;

  /** Makes a function; its variables have no values until they are set. */
  make(index: number, superclass: unknown, keys: readonly (string | symbol)[]): MadeFunction;

  /** A context inside of this one, with variables of its own. */
  inner(index: number): FunctionContext;
}

/**
 * A part of a unit. Evaluated when the first function is made: a value that only mentions classes which are
 * here already evaluates nothing.
 */
export class UnitContext implements FunctionContext {
  readonly #open: () => Level;
  readonly #pending: [index: number, value: unknown][] = [];
  #level: Level | undefined;

  constructor(open: () => Level) {
    this.#open = open;
  }

  setVariable(index: number, value: unknown): void {
    if (this.#level === undefined) this.#pending.push([index, value]);
    else this.#level[0](index, value);
  }

  make(index: number, superclass: unknown, keys: readonly (string | symbol)[]): MadeFunction {
    const [value, setVariables] = this.#entry(index)(superclass, keys);
    // A unit that was not made by this library may hold anything.
    if (typeof value !== 'function' || typeof setVariables !== 'function')
      throw badValue('a function is not in its unit');
    return { value: value, setVariables: setVariables };
  }

  inner(index: number): UnitContext {
    return new UnitContext(() => {
      const level = this.#entry(index)();
      if (!Array.isArray(level) || typeof level[0] !== 'function') throw badValue('a scope is not in its unit');
      return level as unknown as Level;
    });
  }

  #entry(index: number): Entry {
    if (this.#level === undefined) {
      this.#level = this.#open();
      for (const [at, value] of this.#pending.splice(0)) this.#level[0](at, value);
    }
    const entry = this.#level[index + 1];
    if (typeof entry !== 'function') throw badValue('a function is not in its unit');
    return entry as Entry;
  }
}

/** Evaluates units, each text once. */
export class UnitRunner {
  readonly #loader: PackageLoader;
  readonly #mayEvaluate: (unitHash: string) => boolean;
  readonly #factories = new Recent<string, Factory>(MAX_UNITS);

  constructor(loader: PackageLoader, mayEvaluate: (unitHash: string) => boolean) {
    this.#loader = loader;
    this.#mayEvaluate = mayEvaluate;
  }

  /** Makes an instance of a unit, with variables that no other one has. */
  instantiate(unit: UnitRecord): UnitContext {
    return new UnitContext(() => this.#evaluate(unit));
  }

  #evaluate(unit: UnitRecord): Level {
    if (!this.#mayEvaluate(unit.hash)) {
      throw loadError('UNTRUSTED', 'code that came back was not sent from here, and this process evaluates no other', {
        unit: unit.hash,
      });
    }
    const importFromTask = (specifier: unknown): Promise<unknown> =>
      this.#loader.importFromTask(String(specifier), unit.hint);
    return this.#factory(unit)(importFromTask, metaOf(unit), this.#loader.require);
  }

  #factory(unit: UnitRecord): Factory {
    const known = this.#factories.get(unit.hash);
    if (known !== undefined) return known;
    if (hash('sha256', unit.text, 'hex') !== unit.hash) throw badValue('code has not the hash that it claims');
    return this.#factories.set(unit.hash, evaluateUnit(unit) as Factory);
  }
}

/** What `import.meta` is inside a task: the strings of the side that sends. */
function metaOf({ metaUrl }: UnitRecord): object {
  if (metaUrl === '') return {};
  const filename = metaUrl.startsWith('file:') ? decodeURIComponent(new URL(metaUrl).pathname) : metaUrl;
  return { url: metaUrl, filename, dirname: filename.replace(/[\\/][^\\/]*$/, '') };
}
