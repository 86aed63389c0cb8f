import { encodeError, errorText, type CodeEncoder } from '@grid/protocol';

import type { FailurePart } from '../core/failure-part.js';

/** Anything that was thrown, made ready to travel. */
export function failureOf(thrown: unknown, code?: CodeEncoder): FailurePart {
  const { name, message, stack } = errorText(thrown);
  return { error: encodeError(thrown, { code }), name, message, stack: stack ?? '' };
}
