import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { isGridError, messageOf, whileLoadingModule } from '@grid/common';
import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { UnitRecord } from './code-section.js';
import { listOfNames, loadError } from './load-errors.js';
import type { PackageLoader } from './package-loader.js';
import { Recent } from './recent.js';
import { unitScriptName } from './stack-mapper.js';

/** How many modules stay evaluated, with their state. */
const MAX_MODULES = 200;

/** Its parameters are {@link BUNDLE_PARAMETERS}. */
type ModuleFunction = (...parameters: unknown[]) => void;

/** What CommonJS calls `module`. */
interface EvaluatedModule {
  exports: unknown;
}

/** Evaluates bundled modules, each once: what one has at its top level is there for all functions that it exports. */
export class ModuleRunner {
  readonly #loader: PackageLoader;
  readonly #mayEvaluate: (unitHash: string) => boolean;
  readonly #worker: string | undefined;
  readonly #modules = new Recent<string, EvaluatedModule>(MAX_MODULES);

  /** @param worker - what errors call this process, if it runs tasks */
  constructor(loader: PackageLoader, mayEvaluate: (unitHash: string) => boolean, worker: string | undefined) {
    this.#loader = loader;
    this.#mayEvaluate = mayEvaluate;
    this.#worker = worker;
  }

  /**
   * A function that a module exports.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_FUNCTION_LOAD` if it exports no such function, or cannot be evaluated;
   * `CommonError` `GRID_COMMON_MODULE_LOAD`
   */
  exportOf(unit: UnitRecord, name: string): CallableValue {
    const exported = this.#exportsOf(unit);
    const value: unknown =
      isContainer(exported) && Object.hasOwn(exported, name) ? Reflect.get(exported, name) : undefined;
    // `typeof` proves that it can be called; nobody knows with what.
    if (typeof value === 'function') return value as CallableValue;
    throw loadError('NOEXPORT', `the module '${titleOf(unit)}' exports no function '${name}'${listOfNames(exported)}`, {
      module: titleOf(unit),
      name,
    });
  }

  #exportsOf(unit: UnitRecord): unknown {
    const { exports } = this.#modules.get(unit.hash) ?? this.#modules.set(unit.hash, this.#evaluate(unit));
    return exports;
  }

  #evaluate(unit: UnitRecord): EvaluatedModule {
    if (!this.#mayEvaluate(unit.hash)) {
      throw loadError('UNTRUSTED', 'a module that came back is not evaluated here', { unit: unit.hash });
    }
    if (hash('sha256', unit.text, 'hex') !== unit.hash) throw badValue('a module has not the hash that it claims');
    const run = new Script(unit.text, { filename: unitScriptName(unit) }).runInThisContext() as ModuleFunction;
    const module: EvaluatedModule = { exports: {} };
    const { hint: file, metaUrl } = unit;
    const evaluate = (): void =>
      run(module.exports, this.#loader.requireFrom(file), module, file, dirname(file), metaUrl);
    try {
      if (this.#worker === undefined) evaluate();
      else whileLoadingModule(titleOf(unit), evaluate);
    } catch (error) {
      // These say all there is to say.
      if (isGridError(error, 'GRID_COMMON_MODULE_LOAD') || isGridError(error, 'GRID_PROTOCOL_FUNCTION_LOAD'))
        throw error;
      const where = this.#worker === undefined ? '' : ` on ${this.#worker}`;
      throw loadError(
        'MODULE',
        `the module '${titleOf(unit)}' failed while it was loaded${where}: ${messageOf(error)}`,
        {},
        error,
      );
    }
    return module;
  }
}

function titleOf({ hint }: UnitRecord): string {
  return hint.replace(/^.*[\\/]/, '');
}

function isContainer(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}
