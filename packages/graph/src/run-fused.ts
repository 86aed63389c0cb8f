import type { TaskFunction } from './run-spec.js';

/** One call of a chain. A plain record, so that it travels, and references in `args` are found, like any argument. */
export interface FusedStep {
  readonly fn: TaskFunction;
  /** Arguments; those at `previousAt` are placeholders. */
  readonly args: readonly unknown[];
  /** Where the result of the step before goes. Empty for the first step. */
  readonly previousAt: readonly number[];
}

/** Runs the steps of a fused task one after the other. Returns a promise only if a step does. */
export function runFused(steps: readonly FusedStep[]): unknown {
  return runFrom(steps, 0, undefined);
}

function runFrom(steps: readonly FusedStep[], first: number, input: unknown): unknown {
  let result = input;
  for (let i = first; i < steps.length; i += 1) {
    const { fn, args, previousAt } = steps[i] as FusedStep;
    const actual = [...args];
    for (const place of previousAt) actual[place] = result;
    // Whoever made the spec has checked that the arguments fit the function.
    result = (fn as (...args: readonly unknown[]) => unknown)(...actual);
    if (isThenable(result)) return Promise.resolve(result).then((value) => runFrom(steps, i + 1, value));
  }
  return result;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
