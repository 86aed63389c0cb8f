import { badValue } from './byte-source.js';
import { readError } from './read-errors.js';
import { fillExact } from './read-objects.js';
import { TAG } from './tags.js';
import type { Reader } from './reader.js';

/** Reads an object of the language, whose tag has been read. */
export function readBuiltIn(reader: Reader, tag: number, depth: number): unknown {
  switch (tag) {
    case TAG.map:
      return readMapContent(reader, reader.remember(new Map<unknown, unknown>()), depth);
    case TAG.set:
      return readSetContent(reader, reader.remember(new Set<unknown>()), depth);
    case TAG.date:
      return reader.remember(new Date(reader.source.float()));
    case TAG.regexp:
      return readRegExp(reader, depth);
    case TAG.error:
      return readError(reader, depth);
    case TAG.domException:
      return readDomException(reader);
    case TAG.url:
      return readUrl(reader);
    case TAG.urlSearchParams:
      return reader.remember(new URLSearchParams(reader.readString()));
    case TAG.boxed:
      return readBoxed(reader, depth);
    case TAG.extended:
      return fillExact(reader, reader.readNew(depth), depth);
    default:
      throw badValue(`the tag ${tag} has no meaning`);
  }
}

/** Reads entries into an empty map. */
export function readMapContent(reader: Reader, map: Map<unknown, unknown>, depth: number): Map<unknown, unknown> {
  const count = reader.source.count(2);
  for (let i = 0; i < count; i++) {
    const key = reader.read(depth + 1);
    map.set(key, reader.read(depth + 1));
  }
  return map;
}

/** Reads items into an empty set. */
export function readSetContent(reader: Reader, set: Set<unknown>, depth: number): Set<unknown> {
  const count = reader.source.count(1);
  for (let i = 0; i < count; i++) set.add(reader.read(depth + 1));
  return set;
}

function readRegExp(reader: Reader, depth: number): RegExp {
  const source = reader.readString();
  const value = reader.remember(makeRegExp(source, reader.readString()));
  // Whatever the sender's program had set it to, which need not be a number.
  value.lastIndex = reader.read(depth + 1) as number;
  return value;
}

function makeRegExp(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw badValue('a regular expression is not valid here', error);
  }
}

function readUrl(reader: Reader): URL {
  const href = reader.readString();
  try {
    return reader.remember(new URL(href));
  } catch (error) {
    throw badValue('a URL is not valid', error);
  }
}

function readDomException(reader: Reader): DOMException {
  const message = reader.readString();
  const value = new DOMException(message, reader.readString());
  Object.defineProperty(value, 'stack', { value: reader.readString(), writable: true, configurable: true });
  return reader.remember(value);
}

function readBoxed(reader: Reader, depth: number): object {
  const index = reader.reserveNumber();
  const primitive = reader.read(depth + 1);
  if (
    primitive === null ||
    primitive === undefined ||
    typeof primitive === 'object' ||
    typeof primitive === 'function'
  ) {
    throw badValue('an object stands where a primitive should');
  }
  return reader.fulfil(index, Object(primitive) as object);
}
