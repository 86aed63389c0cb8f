import { AssertionError } from 'node:assert';

/** The reason why `promise` rejects; fails if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new AssertionError({ message: 'nothing was thrown' });
    },
    (error: unknown) => error,
  );
}
