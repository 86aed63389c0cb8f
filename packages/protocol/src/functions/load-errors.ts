import { ProtocolError } from '../errors.js';

/** Which thing a function that arrived is missing here. */
export type LoadProblem = 'NOPKG' | 'PKGVER' | 'NOEXPORT' | 'NOUPLOAD' | 'MODULE' | 'NOTLOADED' | 'UNTRUSTED';

/** The error for a function that cannot run here, since something it needs is not here. */
export function loadError(
  reason: LoadProblem,
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_FUNCTION_LOAD', message, { details: { reason, ...details }, cause });
}

/** How many names of exports an error lists. */
const MAX_NAMES = 10;

/** What a module offers instead of what it lacks, as the end of a sentence. */
export function listOfNames(module: unknown): string {
  if ((typeof module !== 'object' && typeof module !== 'function') || module === null) return '';
  const names = Object.keys(module);
  if (names.length === 0) return '; it exports nothing';
  const more = names.length > MAX_NAMES ? ', …' : '';
  return `; there are ${names.slice(0, MAX_NAMES).join(', ')}${more}`;
}
