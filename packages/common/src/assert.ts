/** A bug of Grid's own: never caught to go on, it ends the process or the test. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** States what must be true here whatever anybody sent or did; anything else is our bug. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends a `switch` over a closed union: reaching it means that a case was forgotten. */
export function assertNever(value: never, what: string): never {
  throw new InvariantError(`unexpected ${what}: ${JSON.stringify(value)}`);
}
