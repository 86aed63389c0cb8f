import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';

/** Marks functions that say how they travel, across copies of this package. */
const TASK = Symbol.for('grid.task');

/** What all kinds of described functions can say. */
interface Described {
  /** Name for people, for keys and for the texts of errors; `undefined`: the function's own. */
  readonly name: string | undefined;
  /** Whether equal calls are one task; `undefined`: as whoever submits says. */
  readonly pure: boolean | undefined;
}

/** A function that goes by value, by rules of its own. */
export interface FunctionTask extends Described {
  readonly kind: 'function';
  readonly fn: CallableValue;
  /** All variables that the function has; `undefined`: those that it is seen to use. */
  readonly captures: Readonly<Record<string, unknown>> | undefined;
  /** Packages whose code goes along by value. */
  readonly byValue: readonly string[];
  /** Permits it to assign to captured variables; each task then works on a copy. */
  readonly allowCaptureWrites: boolean;
}

/** An export of a module that was bundled, and is evaluated where it runs. */
export interface ModuleTask extends Described {
  readonly kind: 'module';
  readonly bundle: ModuleBundle;
  readonly exportName: string;
}

/** An export of a module that is on the workers already. */
export interface ImportTask extends Described {
  readonly kind: 'import';
  /** `my-pkg/jobs`, `node:path`, `upload:jobs.mjs`, or a path or URL of a file that each worker has. */
  readonly specifier: string;
  readonly exportName: string;
}

/** How a function travels. */
export type TaskDescription = FunctionTask | ModuleTask | ImportTask;

/** A module and all that it imports of the user's own files, as one CommonJS text. */
export interface ModuleBundle {
  /** The text, as a function of {@link BUNDLE_PARAMETERS}. */
  readonly text: string;
  /** sha256 of the text, in hex: the identity of the module. */
  readonly hash: string;
  /** The file that the bundle was made from: an absolute path of the side that sends. */
  readonly file: string;
  /** Source map of the text, JSON; its sources are relative to the folder of the file. */
  readonly map: string;
}

/** What a bundle is given. The last one stands for `import.meta.url`. */
export const BUNDLE_PARAMETERS = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  '__gridModuleUrl',
] as const;

/** Notes on a function how it travels, for every encoder of this process. */
export function describeTask(fn: CallableValue, description: TaskDescription): void {
  Object.defineProperty(fn, TASK, { value: description });
}

/** How a function travels, if somebody said so. */
export function taskDescriptionOf(fn: CallableValue): TaskDescription | undefined {
  if (types.isProxy(fn)) return undefined;
  // Nobody else writes under this symbol.
  return Object.getOwnPropertyDescriptor(fn, TASK)?.value as TaskDescription | undefined;
}
