import { isGridError, type ErrorDetails } from '@grid/common';
import type { Fact, Facts, MessageWith } from '@grid/protocol';
import { RemoteError } from '../errors.js';

const TEXT_LENGTH_MAX = 4096;
const DEPTH_MAX = 5;
const ENTRIES_MAX = 30;

/** What the peer is told about an error of ours. Errors without a code stay here: their text may be anybody's data. */
export function toFailure(error: unknown, what: string): MessageWith<'failure'> {
  if (isGridError(error)) {
    return { op: 'failure', code: error.code, message: clip(error.message), details: toFacts(error.details) };
  }
  return {
    op: 'failure',
    code: 'GRID_RPC_REQUEST_FAILED',
    message: `${what} failed unexpectedly; the peer's log says how`,
    details: {},
  };
}

/** The peer's error, as the caller gets it. */
export function fromFailure({
  code,
  message,
  details,
}: Pick<MessageWith<'failure'>, 'code' | 'message' | 'details'>): RemoteError {
  return new RemoteError(code, message, { details: { ...details } });
}

/** The part of an error's details that can travel: everything JSON-like, of bounded size. */
export function toFacts(details: ErrorDetails): Facts {
  const facts = toFact(details, 0);
  return typeof facts === 'object' && facts !== null && !Array.isArray(facts) ? (facts as Facts) : {};
}

function toFact(value: unknown, depth: number): Fact | undefined {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'string':
      return clip(value);
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (depth >= DEPTH_MAX || ArrayBuffer.isView(value)) return undefined;
  if (Array.isArray(value)) return value.slice(0, ENTRIES_MAX).map((element) => toFact(element, depth + 1) ?? null);
  const facts = Object.create(null) as Record<string, Fact>;
  for (const [name, element] of Object.entries(value).slice(0, ENTRIES_MAX)) {
    // Decoders refuse this name, and with it the whole header, which would end the link.
    if (name === '__proto__') continue;
    const fact = toFact(element, depth + 1);
    if (fact !== undefined) facts[name] = fact;
  }
  return facts;
}

function clip(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX)}…`;
}
