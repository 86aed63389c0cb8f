import { ProtocolError } from '../errors.js';

/** Which thing a function that arrived is missing here. */
export type LoadProblem = 'NOPKG' | 'PKGVER' | 'NOEXPORT' | 'NOTLOADED' | 'UNTRUSTED';

/** The error for a function that cannot run here, since something it needs is not here. */
export function loadError(
  reason: LoadProblem,
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_FUNCTION_LOAD', message, { details: { reason, ...details }, cause });
}
