import { describeTask, taskDescriptionOf, type CallableValue, type TaskDescription } from '@grid/protocol';

import { ClientError } from '../errors.js';

/** How a function travels, and what it is called. */
export interface TaskOptions {
  /**
   * All variables around the function that it may use, by name, with the values that they have now. Any other name that it
   * uses and that is no global is an error. Functions among them are held to the same: what they use of their own
   * surroundings they get by a `task(…)` of their own. Works where the inspector is not permitted. Default: what the
   * function uses is found out.
   */
  readonly captures?: Readonly<Record<string, unknown>>;
  /** What keys begin with and errors speak of. Default: the function's name. */
  readonly name?: string;
  /** Whether equal calls are one task, unless the call says otherwise; see {@link SubmitOptions.pure}. */
  readonly pure?: boolean;
  /**
   * Packages whose functions and classes go by value, as the user's own do, instead of being imported on the worker. For
   * packages of plain functions that workers do not have. Default: none.
   */
  readonly byValue?: readonly string[];
  /** Permits the function to assign to what it captures; each task then works on a copy. Default: `false`. */
  readonly allowCaptureWrites?: boolean;
}

/**
 * Says how a function travels, where what is found out by itself is not what is wanted.
 *
 * @returns A function for `submit`, `map`, `run` and graphs; called here, it does what `fn` does.
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION`.
 *
 * @example
 * ```ts
 * const offset = 41;
 * client.submit(task((x: number) => x + offset, { captures: { offset }, name: 'shift' }), [1]);
 * ```
 */
export function task<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options: TaskOptions = {},
): (...args: Args) => Result {
  const description = describe(fn, options);
  const described = function (this: unknown, ...args: Args): Result {
    return Reflect.apply(fn, this, args);
  };
  return nameTask(described, description.name ?? fn.name, description);
}

/** Puts a description on the function that stands for it. */
export function nameTask<Fn extends CallableValue>(fn: Fn, name: string, description: TaskDescription): Fn {
  Object.defineProperty(fn, 'name', { value: name, configurable: true });
  describeTask(fn, description);
  return fn;
}

function describe(fn: CallableValue, options: TaskOptions): TaskDescription {
  const { captures, name, pure, byValue = [], allowCaptureWrites = false } = options;
  if (typeof fn !== 'function') throw badOption('fn', 'a function');
  if (name === '') throw badOption('name', 'a text that is not empty');
  if (captures !== undefined && (typeof captures !== 'object' || captures === null)) {
    throw badOption('captures', 'an object whose names are those of the variables');
  }
  const inner = taskDescriptionOf(fn);
  if (inner === undefined) return { kind: 'function', fn, captures, name, pure, byValue, allowCaptureWrites };
  if (inner.kind !== 'function' && (captures !== undefined || byValue.length > 0)) {
    throw badOption(
      captures === undefined ? 'byValue' : 'captures',
      'left out for a function that is imported on the worker',
    );
  }
  const described = { ...inner, name: name ?? inner.name, pure: pure ?? inner.pure };
  if (described.kind !== 'function') return described;
  return {
    ...described,
    captures: captures ?? described.captures,
    byValue: [...described.byValue, ...byValue],
    allowCaptureWrites: allowCaptureWrites || described.allowCaptureWrites,
  };
}

function badOption(option: string, expected: string): ClientError {
  return new ClientError('GRID_CLIENT_BAD_OPTION', `task(…): ${option} must be ${expected}`, { details: { option } });
}
