import { isGridError } from '@grid/common';

/**
 * Does what a method was called for. The stack of an error that this library throws meanwhile begins at that call: what
 * the user has to change is there, and nothing of it is further in.
 *
 * @param owner - the class of which the user called the method with this name
 */
export function calledAs<T>(owner: { readonly prototype: object }, method: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const entry: unknown = Reflect.get(owner.prototype, method);
    if (isGridError(error) && typeof entry === 'function') {
      Error.captureStackTrace(error, entry);
    }
    throw error;
  }
}
