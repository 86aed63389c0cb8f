import { hash } from 'node:crypto';
import { Script } from 'node:vm';
import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { UnitRecord } from './code-section.js';
import { loadError } from './load-errors.js';
import type { PackageLoader } from './package-loader.js';
import { unitScriptName } from './stack-mapper.js';

/** How many units stay evaluated. A program has as many as it has scripts with functions that it sends. */
const MAX_UNITS = 2000;

type MakeFunction = (superclass: unknown, keys: readonly (string | symbol)[]) => readonly [unknown, CallableValue];
type Factory = (
  importFromTask: (specifier: unknown) => Promise<unknown>,
  meta: object,
  require: NodeJS.Require,
) => readonly [(index: number, value: unknown) => void, ...MakeFunction[]];

interface UnitParts {
  readonly setModuleVariable: (index: number, value: unknown) => void;
  readonly makers: readonly MakeFunction[];
}

/** One value's instance of a unit: it has module variables of its own. */
export interface UnitInstance {
  readonly id: number;
  setModuleVariable(index: number, value: unknown): void;
  /** Makes a function; its variables have no values until they are set. */
  make(
    maker: number,
    superclass: unknown,
    keys: readonly (string | symbol)[],
  ): { readonly value: CallableValue; readonly setVariables: (values: readonly unknown[]) => void };
}

/** Evaluates units, each text once. */
export class UnitRunner {
  readonly #loader: PackageLoader;
  readonly #mayEvaluate: (unitHash: string) => boolean;
  readonly #factories = new Map<string, Factory>();
  #instances = 0;

  constructor(loader: PackageLoader, mayEvaluate: (unitHash: string) => boolean) {
    this.#loader = loader;
    this.#mayEvaluate = mayEvaluate;
  }

  /**
   * Makes an instance of a unit, with module variables that nobody else has. Its code is evaluated when the first function
   * is made: a value that only mentions classes which are here already evaluates nothing.
   */
  instantiate(unit: UnitRecord): UnitInstance {
    const pending: [index: number, value: unknown][] = [];
    let parts: UnitParts | undefined;
    return {
      id: this.#instances++,
      setModuleVariable: (index, value) => {
        if (parts === undefined) pending.push([index, value]);
        else parts.setModuleVariable(index, value);
      },
      make: (maker, superclass, keys) => {
        if (parts === undefined) {
          parts = this.#evaluate(unit);
          for (const [index, value] of pending) parts.setModuleVariable(index, value);
        }
        const make = parts.makers[maker];
        if (make === undefined) throw badValue('a function is not in its unit');
        const [value, setVariables] = make(superclass, keys);
        // The text of a unit is written so that its makers return a function.
        return {
          value: value as CallableValue,
          setVariables: (values) => void Reflect.apply(setVariables, undefined, values as never[]),
        };
      },
    };
  }

  #evaluate(unit: UnitRecord): UnitParts {
    if (!this.#mayEvaluate(unit.hash)) {
      throw loadError('UNTRUSTED', 'code that came back was not sent from here, and this process evaluates no other', {
        unit: unit.hash,
      });
    }
    const importFromTask = (specifier: unknown): Promise<unknown> =>
      this.#loader.importFromTask(String(specifier), unit.hint);
    const [setModuleVariable, ...makers] = this.#factory(unit)(importFromTask, metaOf(unit), this.#loader.require);
    return { setModuleVariable, makers };
  }

  #factory(unit: UnitRecord): Factory {
    const known = this.#factories.get(unit.hash);
    if (known !== undefined) {
      // Back to the end: what was used last goes last.
      this.#factories.delete(unit.hash);
      this.#factories.set(unit.hash, known);
      return known;
    }
    if (hash('sha256', unit.text, 'hex') !== unit.hash) throw badValue('code has not the hash that it claims');
    const script = new Script(unit.text, { filename: unitScriptName(unit) });
    const factory = script.runInThisContext() as Factory;
    this.#factories.set(unit.hash, factory);
    if (this.#factories.size > MAX_UNITS) this.#factories.delete(this.#factories.keys().next().value as string);
    return factory;
  }
}

/** What `import.meta` is inside a task: the strings of the side that sends. */
function metaOf({ metaUrl }: UnitRecord): object {
  if (metaUrl === '') return {};
  const filename = metaUrl.startsWith('file:') ? decodeURIComponent(new URL(metaUrl).pathname) : metaUrl;
  return { url: metaUrl, filename, dirname: filename.replace(/[\\/][^\\/]*$/, '') };
}
