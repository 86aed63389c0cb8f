import { FunctionEncoder, tokenize as tokenizeValue } from '@grid/protocol';

import { isFuture } from './future.js';

/** Made when a token is first asked for: it opens the inspector once it meets a function. */
let encoder: FunctionEncoder | undefined;

/**
 * What identifies a value by its content: 32 hex characters, the same for equal content in any process, on any machine
 * and in any version of Node, whatever the order of keys and entries. Keys of pure tasks are made of such tokens.
 *
 * A function counts with its code, its helpers, what they capture and the versions of the packages that they use; a
 * future with its key. A class says with a method `[Symbol.for('grid.tokenize')]()` what identifies its instances; for
 * classes of others there is {@link registerTokenizer}.
 *
 * @returns `undefined` if content does not determine the value: promises, unique symbols, values that cannot travel
 * @source dask `tokenize`.
 */
export function tokenize(value: unknown): string | undefined {
  encoder ??= new FunctionEncoder();
  const functions = encoder;
  return tokenizeValue(value, undefined, {
    referenceOf: (object) => (isFuture(object) ? object.key : undefined),
    hashOf: (fn, instance) => functions.hashOf(fn, instance),
  });
}
