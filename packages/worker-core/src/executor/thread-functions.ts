import type { CallableValue, FunctionPayload } from '@grid/protocol';

import { WorkerError } from '../errors.js';
import type { CodeLoader } from './code-loader.js';
import type { FunctionPart, UnitPart } from './executor.js';

/** A function as a thread has it. */
export type ThreadFunction =
  | {
      readonly state: 'loaded';
      readonly callable: (...args: unknown[]) => unknown;
      /** It kept the thread for a moment only when it ran last. */
      isQuick: boolean;
    }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown };

/** The functions that a thread knows by number. Loading one may import packages, so it takes turns. */
export class ThreadFunctions {
  readonly #loader: CodeLoader;
  readonly #onLoaded: () => void;
  readonly #functions = new Map<number, ThreadFunction>();
  /** Code, by hash. */
  readonly #units = new Map<string, UnitPart>();

  /** @param onLoaded - called after each function that has been loaded, or could not be */
  constructor(loader: CodeLoader, onLoaded: () => void) {
    this.#loader = loader;
    this.#onLoaded = onLoaded;
  }

  /** Takes code, for the functions that need it. */
  addUnit(unit: UnitPart): void {
    this.#units.set(unit.hash, unit);
  }

  deleteUnit(hash: string): void {
    this.#units.delete(hash);
  }

  add(part: FunctionPart): void {
    if (!this.#functions.has(part.id)) this.#load(part);
  }

  /** Loads a function again, unless it has been deleted: what it imports may be another. */
  reload(part: FunctionPart): void {
    if (this.#functions.has(part.id)) this.#load(part);
  }

  get(functionId: number): ThreadFunction {
    return this.#functions.get(functionId) ?? unknownFunction(functionId);
  }

  delete(functionId: number): void {
    this.#functions.delete(functionId);
  }

  #load(part: FunctionPart): void {
    const loading: ThreadFunction = { state: 'loading' };
    const settle = (outcome: ThreadFunction): void => {
      // It may have been deleted meanwhile, or be loaded again.
      if (this.#functions.get(part.id) === loading) this.#functions.set(part.id, outcome);
      this.#onLoaded();
    };
    this.#functions.set(part.id, loading);
    this.#loader.load(withUnits(part, this.#units)).then(
      (callable) => settle({ state: 'loaded', callable: asCallable(callable), isQuick: false }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
  }
}

/** A function with the code that it needs, as far as that is here: what is missing is told of when it is loaded. */
export function withUnits(part: FunctionPart, units: ReadonlyMap<string, UnitPart>): FunctionPayload {
  return { ...part, units: part.units.flatMap((hash) => units.get(hash) ?? []) };
}

/** Arguments are checked by nobody: what the user's function takes is the user's business. */
export function asCallable(callable: CallableValue): (...args: unknown[]) => unknown {
  return callable as (...args: unknown[]) => unknown;
}

function unknownFunction(functionId: number): ThreadFunction {
  const error = new WorkerError(
    'GRID_WORKER_UNKNOWN_FUNCTION',
    `function ${String(functionId)} was not introduced before the task that needs it`,
    { details: { functionId } },
  );
  return { state: 'failed', error };
}
