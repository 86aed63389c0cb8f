import { Refusal } from './refusal.js';

/**
 * Marks objects, functions and classes that must never leave their process: secrets, and whatever else is nobody's business.
 * A property of this name with any value but `undefined` is enough; on a class, as a static member, it covers its instances.
 */
export const DO_NOT_CAPTURE: unique symbol = Symbol.for('grid.doNotCapture');

interface MayBeMarked {
  readonly [DO_NOT_CAPTURE]?: unknown;
}

/** @throws a `Refusal` for what is marked with {@link DO_NOT_CAPTURE} */
export function refuseMarked(value: object): void {
  if ((value as MayBeMarked)[DO_NOT_CAPTURE] === undefined) return;
  throw new Refusal(
    'MARKED',
    "it is marked with Symbol.for('grid.doNotCapture'), so it never leaves this process",
    'read it inside the task from where it comes from, such as an environment variable of the worker',
  );
}
