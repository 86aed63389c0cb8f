import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';

import { CommonError } from './errors.js';

/** Where all copies of this package in a process find the module that is being loaded. */
const SLOT = Symbol.for('grid.module-load');

interface ModuleLoad {
  readonly file: string;
  /** What the module was refused, also if it took no notice. */
  refusal: CommonError | null;
}

type Holder = Record<symbol, AsyncLocalStorage<ModuleLoad> | undefined>;

/**
 * Loads a module of a user's on a worker. What that does at its top level runs there too, and must not do what
 * {@link refuseWhileLoadingModule} refuses.
 *
 * @param load - Evaluates the module; may give a promise.
 * @throws {@link CommonError} `GRID_COMMON_MODULE_LOAD`, whether or not the module lets it through.
 */
export function whileLoadingModule<T>(file: string, load: () => T): T {
  const holder = globalThis as unknown as Holder;
  const storage = (holder[SLOT] ??= new AsyncLocalStorage<ModuleLoad>());
  const state: ModuleLoad = { file, refusal: null };
  let result: T;
  try {
    result = storage.run(state, load);
  } catch (error) {
    throw refusalOf(state) ?? error;
  }
  if (types.isPromise(result)) return checkLater(result, state) as T;
  const refusal = refusalOf(state);
  if (refusal !== null) throw refusal;
  return result;
}

/**
 * Refuses something that a program does once, when a worker runs the program's file as a module of tasks.
 *
 * @param what - As in "cannot … while".
 * @throws {@link CommonError} `GRID_COMMON_MODULE_LOAD`; never outside of such a load.
 */
export function refuseWhileLoadingModule(what: string): void {
  const state = (globalThis as unknown as Holder)[SLOT]?.getStore();
  if (state === undefined) return;
  state.refusal = new CommonError(
    'GRID_COMMON_MODULE_LOAD',
    `cannot ${what} while a worker loads '${state.file}': what stands at the top level of a module runs on workers as well; ` +
      'move the functions of tasks into a file of their own',
    { details: { file: state.file } },
  );
  throw state.refusal;
}

async function checkLater(result: Promise<unknown>, state: ModuleLoad): Promise<unknown> {
  try {
    await result;
  } catch (error) {
    throw refusalOf(state) ?? error;
  }
  const refusal = refusalOf(state);
  if (refusal !== null) throw refusal;
  return result;
}

/** It changes while the module is loaded, which the compiler does not assume. */
function refusalOf(state: ModuleLoad): CommonError | null {
  return state.refusal;
}
