import { ProtocolError } from '../errors.js';

/** JSON-like data: what MessagePack has in common with every language. */
export type Fact = null | boolean | number | string | readonly Fact[] | Facts;

/** Named JSON-like data. Decoded ones have no prototype, so that no name in them can do harm. */
export interface Facts {
  readonly [name: string]: Fact | undefined;
}

const DEPTH_MAX = 32;

/** Checks decoded data for {@link Facts} and takes every object's prototype away. */
export function checkFacts(value: unknown, field: string): Facts {
  const checked = checkFact(value, field, 0);
  if (typeof checked !== 'object' || checked === null || Array.isArray(checked)) throw badFact(field);
  return checked as Facts;
}

function checkFact(value: unknown, field: string, depth: number): Fact {
  if (depth > DEPTH_MAX) throw badFact(field);
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return value;
    case 'object':
      break;
    default:
      throw badFact(field);
  }
  if (Array.isArray(value)) return value.map((element) => checkFact(element, field, depth + 1));
  if (ArrayBuffer.isView(value)) throw badFact(field);
  const result = Object.create(null) as Record<string, Fact>;
  for (const [name, element] of Object.entries(value)) {
    // Decoders of MessagePack refuse this name, and with it the whole header.
    if (name === '__proto__') throw badFact(field);
    result[name] = checkFact(element, field, depth + 1);
  }
  return result;
}

function badFact(field: string): ProtocolError {
  return new ProtocolError(
    'GRID_PROTOCOL_BAD_MESSAGE',
    `field '${field}' is not plain data of at most ${String(DEPTH_MAX)} levels without a name '__proto__'`,
    {
      details: { field },
    },
  );
}
