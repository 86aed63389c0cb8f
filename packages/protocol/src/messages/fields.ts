import { ProtocolError } from '../errors.js';
import { checkIds, checkNumbers, packIds, packNumbers, type NumberColumn } from '../wire/columns.js';
import { SEGMENT_BYTES_MIN, TEXT_LENGTH_MAX } from '../wire/limits.js';
import { checkTexts, packTexts, verifyTexts, type TextColumn } from '../wire/text-column.js';
import { checkFacts, type Facts } from './facts.js';

/**
 * One field of a message: how it is checked when it arrives, and how it is put into MessagePack when it leaves.
 *
 * `check` makes the value that handlers see; it trusts nothing. `pack` is given only what the types allow. `verify` is
 * for what the types allow and the other side refuses all the same: it throws where the mistake is made, since a message
 * that is refused there ends the connection.
 */
export interface Field<T> {
  check(value: unknown, name: string): T;
  pack?(value: T): unknown;
  verify?(value: T, name: string): void;
}

/** What a set of fields looks like to handlers. */
export type FieldValues<Fields> = { readonly [Name in keyof Fields]: Fields[Name] extends Field<infer T> ? T : never };

/** An encoded user value on its way; nobody between its two ends opens it. */
export interface Payload {
  /** The codec's bytes. */
  readonly body: Uint8Array;
  /** Large buffers of the value, out of band. */
  readonly buffers: readonly Uint8Array[];
}

const LIST_LENGTH_MAX = 1_000_000;

function bad(name: string, expected: string): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', `field '${name}' is not ${expected}`, {
    details: { field: name, expected },
  });
}

function checkId(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(name, 'a whole number from 0 on');
}

function checkBytes(value: unknown, name: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw bad(name, 'bytes');
  // Short ones are views of the header they came in; whoever keeps one would keep the whole header.
  return value.length < SEGMENT_BYTES_MIN ? Uint8Array.prototype.slice.call(value) : value;
}

function checkNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw bad(name, 'a finite number');
}

/** A whole number from 0 on: an id, a count, a size. */
export const id: Field<number> = { check: checkId, verify: checkId };

/** Any finite number. */
export const number: Field<number> = { check: checkNumber, verify: checkNumber };

export const flag: Field<boolean> = {
  check(value, name) {
    if (typeof value === 'boolean') return value;
    throw bad(name, 'true or false');
  },
};

function checkText(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length <= TEXT_LENGTH_MAX) return value;
  throw bad(name, `a text of at most ${String(TEXT_LENGTH_MAX)} characters`);
}

/** A text that means something: a name, an address. */
export const text: Field<string> = { check: checkText, verify: checkText };

/** A text for people: a reason, a message, a stack. Its end is cut off where it is too long. */
export const prose: Field<string> = {
  check: checkText,
  pack: (value) => (value.length <= TEXT_LENGTH_MAX ? value : `${value.slice(0, TEXT_LENGTH_MAX - 1)}…`),
};

/** One of a closed set of words. */
export function oneOf<const Words extends readonly string[]>(words: Words): Field<Words[number]> {
  return {
    check(value, name) {
      if (typeof value === 'string' && words.includes(value)) return value;
      throw bad(name, `one of ${words.join(', ')}`);
    },
  };
}

/** Bytes; those above the segment size travel beside the header and arrive in memory of their own. */
export const bytes: Field<Uint8Array> = { check: checkBytes };

/** Whole numbers, a row each. */
export const ids: Field<NumberColumn> = { check: checkIds, pack: packIds };

/** Finite numbers, a row each. */
export const numbers: Field<NumberColumn> = { check: checkNumbers, pack: packNumbers };

/** Texts, a row each. */
export const texts: Field<TextColumn> = { check: checkTexts, pack: packTexts, verify: verifyTexts };

/** JSON-like data for people and tools: identity, metrics, options. */
export const facts: Field<Facts> = {
  check: (value, name) => checkFacts(value, name),
  verify: (value, name) => void checkFacts(value, name),
};

/** An encoded user value, closed. */
export const payload: Field<Payload> = {
  check(value, name) {
    if (!Array.isArray(value)) throw bad(name, 'an encoded value');
    const [body, buffers] = value as unknown[];
    if (!Array.isArray(buffers)) throw bad(name, 'an encoded value');
    return { body: checkBytes(body, name), buffers: (buffers as unknown[]).map((buffer) => checkBytes(buffer, name)) };
  },
  pack: ({ body, buffers }) => [body, buffers],
};

/** A field that may be `null`. */
export function optional<T>(field: Field<T>): Field<T | null> {
  const pack = field.pack?.bind(field);
  const verify = field.verify?.bind(field);
  return {
    check: (value, name) => (value === null || value === undefined ? null : field.check(value, name)),
    ...(pack === undefined ? {} : { pack: (value: T | null) => (value === null ? null : pack(value)) }),
    ...(verify === undefined
      ? {}
      : {
          verify: (value: T | null, name: string) => {
            if (value !== null) verify(value, name);
          },
        }),
  };
}

/** At most a million values of one kind. */
export function list<T>(field: Field<T>): Field<readonly T[]> {
  const pack = field.pack?.bind(field);
  const verify = field.verify?.bind(field);
  return {
    verify(value, name) {
      if (value.length > LIST_LENGTH_MAX) throw bad(name, `a list of at most ${String(LIST_LENGTH_MAX)}`);
      if (verify !== undefined) value.forEach((element, index) => verify(element, `${name}[${String(index)}]`));
    },
    check(value, name) {
      if (!Array.isArray(value) || value.length > LIST_LENGTH_MAX) throw bad(name, 'a list');
      return (value as unknown[]).map((element, index) => field.check(element, `${name}[${String(index)}]`));
    },
    ...(pack === undefined ? {} : { pack: (value: readonly T[]) => value.map(pack) }),
  };
}

/** Named fields, sent as a tuple in the order in which they are written here. */
export function record<Fields extends Readonly<Record<string, Field<unknown>>>>(
  fields: Fields,
): Field<FieldValues<Fields>> {
  const entries = Object.entries(fields);
  const verified = entries.filter(([, field]) => field.verify !== undefined);
  return {
    ...(verified.length === 0
      ? {}
      : {
          verify: (value: FieldValues<Fields>, name: string) => {
            for (const [key, field] of verified)
              field.verify?.((value as Record<string, unknown>)[key], `${name}.${key}`);
          },
        }),
    check(value, name) {
      if (!Array.isArray(value)) throw bad(name, 'a record');
      const result: Record<string, unknown> = {};
      entries.forEach(([key, field], index) => {
        result[key] = field.check((value as unknown[])[index], `${name}.${key}`);
      });
      return result as FieldValues<Fields>;
    },
    pack: (value) =>
      entries.map(([key, field]) => {
        const part = (value as Record<string, unknown>)[key];
        return field.pack === undefined ? part : field.pack(part);
      }),
  };
}
