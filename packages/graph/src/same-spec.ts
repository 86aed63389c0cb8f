import type { RunSpec } from './run-spec.js';
import type { TaskOptions } from './task-options.js';
import { isTaskRef } from './task-ref.js';

/** Whether two tasks are visibly one: the same function, arguments and options. Looks no deeper than the arguments. */
export function sameSpec(left: RunSpec, right: RunSpec): boolean {
  if (left.key !== right.key) return false;
  if (left.kind === 'data') return right.kind === 'data' && sameArgument(left.value, right.value);
  return (
    right.kind === 'call' &&
    left.fn === right.fn &&
    sameOptions(left.options, right.options) &&
    left.args.length === right.args.length &&
    left.args.every((arg, index) => sameArgument(arg, right.args[index]))
  );
}

/** Whether two option records ask for the same. */
export function sameOptions(left: TaskOptions, right: TaskOptions): boolean {
  return left === right || (hasSameFields(left, right) && hasSameFields(right, left));
}

function hasSameFields(left: TaskOptions, right: TaskOptions): boolean {
  const other: Partial<Record<string, unknown>> = { ...right };
  return Object.entries(left).every(([name, value]) => sameOption(value, other[name]));
}

/** Options are JSON-like and small; lists and amounts are compared by their text, in a fixed order. */
function sameOption(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  return JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());
}

function sameArgument(left: unknown, right: unknown): boolean {
  return Object.is(left, right) || (isTaskRef(left) && isTaskRef(right) && left.key === right.key);
}
