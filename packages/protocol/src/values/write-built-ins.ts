import { types } from 'node:util';
import { writeArrayBuffer, writeView } from './write-buffers.js';
import { writeError } from './write-errors.js';
import type { Brand } from './object-kinds.js';
import { Refusal } from './refusal.js';
import { writeString } from './strings.js';
import { TAG } from './tags.js';
import { isSendableSymbol } from './write-primitives.js';
import type { Writer } from './writer.js';

const NO_KEYS: (string | symbol)[] = [];

/** Appends an object of the language by its brand. Arrays and plain objects have their own way. */
export function writeBuiltIn(writer: Writer, value: object, brand: Brand, depth: number): void {
  switch (brand) {
    case 'view':
      return writeView(writer, value as ArrayBufferView);
    case 'array-buffer':
      return writeArrayBuffer(writer, value as ArrayBufferLike);
    case 'map':
      return writeMap(writer, value as Map<unknown, unknown>, depth);
    case 'set':
      return writeSet(writer, value as Set<unknown>, depth);
    case 'error':
      return writeError(writer, value as Error, depth);
    case 'dom-exception':
      return writeDomException(writer, value as DOMException);
    case 'date':
      writer.remember(value);
      writer.sink.byte(TAG.date);
      return writer.sink.float(Date.prototype.getTime.call(value as Date));
    case 'regexp':
      return writeRegExp(writer, value as RegExp, depth);
    case 'url':
      return writeTagged(writer, value, TAG.url, (value as URL).href);
    case 'url-search-params':
      return writeTagged(writer, value, TAG.urlSearchParams, (value as URLSearchParams).toString());
    case 'boxed':
      writer.remember(value);
      writer.sink.byte(TAG.boxed);
      return writer.write(primitiveOf(value), depth + 1);
    case 'array':
    case 'object':
      throw new Refusal('KIND', `it is ${brand} without a way to be written`, 'send plain data');
  }
}

function writeTagged(writer: Writer, value: object, tag: number, text: string): void {
  writer.remember(value);
  writer.sink.byte(tag);
  writeString(writer.sink, text);
}

function writeMap(writer: Writer, map: Map<unknown, unknown>, depth: number): void {
  writer.remember(map);
  if (writer.putOff(map, 'map', depth)) return;
  writer.sink.byte(TAG.map);
  writeMapContent(writer, map, depth);
}

/** Appends the entries of a map. */
export function writeMapContent(writer: Writer, map: Map<unknown, unknown>, depth: number): void {
  // Taken before writing: serializers are user code and might change the map meanwhile.
  const entries = [...Map.prototype.entries.call(map)] as [unknown, unknown][];
  writer.sink.varint(entries.length);
  for (const [key, value] of entries) {
    writer.path[depth] = keyStep('.keys()', key);
    writer.write(key, depth + 1);
    writer.path[depth] = keyStep('.get', key);
    writer.write(value, depth + 1);
  }
}

function writeSet(writer: Writer, set: Set<unknown>, depth: number): void {
  writer.remember(set);
  if (writer.putOff(set, 'set', depth)) return;
  writer.sink.byte(TAG.set);
  writeSetContent(writer, set, depth);
}

/** Appends the items of a set. */
export function writeSetContent(writer: Writer, set: Set<unknown>, depth: number): void {
  const items = [...Set.prototype.values.call(set)] as unknown[];
  writer.sink.varint(items.length);
  let index = 0;
  for (const item of items) {
    writer.path[depth] = index++;
    writer.write(item, depth + 1);
  }
}

function keyStep(call: string, key: unknown): { readonly text: string } {
  if (typeof key === 'string') return { text: `${call}(${JSON.stringify(key.slice(0, 40))})` };
  return { text: typeof key === 'number' ? `${call}(${key})` : `${call}(…)` };
}

function writeRegExp(writer: Writer, value: RegExp, depth: number): void {
  writer.remember(value);
  writer.sink.byte(TAG.regexp);
  writeString(writer.sink, regExpText(value, 'source'));
  writeString(writer.sink, regExpText(value, 'flags'));
  // An ordinary property: a program may set it to anything.
  writer.path[depth] = 'lastIndex';
  writer.write(value.lastIndex, depth + 1);
}

/** Source or flags of a regular expression, whatever own properties it has. */
export function regExpText(value: RegExp, part: 'source' | 'flags'): string {
  const text: unknown = Reflect.get(RegExp.prototype, part, value);
  return String(text);
}

/** What a boxed value holds, whatever its class has made of `valueOf`. */
export function primitiveOf(boxed: object): unknown {
  if (types.isNumberObject(boxed)) return Number.prototype.valueOf.call(boxed);
  if (types.isStringObject(boxed)) return String.prototype.valueOf.call(boxed);
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed);
  return types.isSymbolObject(boxed) ? Symbol.prototype.valueOf.call(boxed) : BigInt.prototype.valueOf.call(boxed);
}

/** Keys that an object of the language has besides its content, and that mean the same elsewhere. Nearly always none. */
export function extraKeys(value: object, brand: Brand): (string | symbol)[] {
  // An error writes its own; listing those of a view would list every element of it.
  if (brand === 'error' || brand === 'view') return NO_KEYS;
  const keys = Reflect.ownKeys(value);
  if (keys.length === 0) return keys;
  return keys.filter((key) => (typeof key === 'symbol' ? isSendableSymbol(key) : !isContent(key, value, brand)));
}

function isContent(key: string, value: object, brand: Brand): boolean {
  if (brand === 'regexp') return key === 'lastIndex';
  if (brand === 'dom-exception') return key === 'stack';
  if (brand !== 'boxed' || !types.isStringObject(value)) return false;
  return key === 'length' || /^\d+$/.test(key);
}

function writeDomException(writer: Writer, value: DOMException): void {
  writer.remember(value);
  writer.sink.byte(TAG.domException);
  writeString(writer.sink, value.message);
  writeString(writer.sink, value.name);
  writeString(writer.sink, String(value.stack ?? ''));
}
