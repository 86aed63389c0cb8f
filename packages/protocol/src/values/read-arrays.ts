import { badValue } from './byte-source.js';
import { setProperty } from './read-objects.js';
import { SHORT_ARRAY_LIMIT, TAG } from './tags.js';
import type { Reader } from './reader.js';

/** Longest array of the language. */
const MAX_ARRAY_LENGTH = 2 ** 32 - 1;

/** An item at an index as high as this turns an array into a table. */
const TABLE_INDEX = 1 << 25;

/** Longest array whose length may be set beforehand and stays an array inside. */
const MAX_PREALLOCATED = 1 << 24;

/** Tells whether a tag begins an array, short ones aside. */
export function isArrayTag(tag: number): boolean {
  return tag === TAG.array || tag === TAG.packedInt32 || tag === TAG.packedFloat64 || tag === TAG.sparseArray;
}

/** Reads an array whose tag has been read. */
export function readNewArray(reader: Reader, tag: number, depth: number): unknown[] {
  return fillArray(reader, reader.remember([]), tag, depth);
}

/** Reads the content of an array into one that is empty. */
export function fillArray(reader: Reader, items: unknown[], tag: number, depth: number): unknown[] {
  if (tag >= TAG.shortArray && tag < TAG.shortArray + SHORT_ARRAY_LIMIT) {
    return fillDense(reader, items, tag - TAG.shortArray, depth);
  }
  switch (tag) {
    case TAG.array:
      return fillDense(reader, items, reader.source.count(1), depth);
    case TAG.packedInt32:
      return fillPacked(reader, items, 4);
    case TAG.packedFloat64:
      return fillPacked(reader, items, 8);
    case TAG.sparseArray:
      return fillSparse(reader, items, depth);
    default:
      throw badValue('an array is missing');
  }
}

function fillDense(reader: Reader, items: unknown[], count: number, depth: number): unknown[] {
  const { source } = reader;
  for (let i = 0; i < count; i++) {
    if (source.at < source.end && source.bytes[source.at] === TAG.hole) {
      source.at++;
      items.length = i + 1;
    } else items.push(reader.read(depth + 1));
  }
  return items;
}

function fillSparse(reader: Reader, items: unknown[], depth: number): unknown[] {
  const { source } = reader;
  const length = source.varint();
  if (length > MAX_ARRAY_LENGTH) throw badValue('an array is too long');
  const count = source.count(2);
  // Setting the length of an array allocates all of it, however little is in it; setting that of a table does not.
  if (length > 2 * count) {
    items[TABLE_INDEX] = undefined;
    Reflect.deleteProperty(items, TABLE_INDEX);
  }
  items.length = length;
  for (let i = 0; i < count; i++) {
    const index = source.varint();
    if (index === 0) {
      const key = reader.readString();
      // Either would make the array as long as it likes.
      if (key === 'length' || /^\d+$/.test(key)) throw badValue('an array has a property that it cannot have');
      setProperty(items, key, reader.read(depth + 1));
    } else if (index <= length) items[index - 1] = reader.read(depth + 1);
    else throw badValue('an item lies behind the end of its array');
  }
  return items;
}

function fillPacked(reader: Reader, items: unknown[], size: 4 | 8): unknown[] {
  const { source } = reader;
  const count = source.varint();
  const beside = source.byte() === 1;
  const bytes = beside ? reader.buffers.take(source.varint()) : source.take(checkedSize(count, size, source.left));
  if (bytes.length !== count * size) throw badValue('a block of numbers has the wrong size');
  const block = alignedBlock(bytes, size, count);
  // The bytes are here, so the length may be believed; beyond the limit the runtime would make a table of it.
  if (count <= MAX_PREALLOCATED) items.length = count;
  for (let i = 0; i < count; i++) items[i] = block[i];
  return items;
}

function checkedSize(count: number, size: number, left: number): number {
  if (count * size > left) throw badValue(`${count} numbers are announced and ${left} bytes are left`);
  return count * size;
}

function alignedBlock(bytes: Uint8Array, size: 4 | 8, count: number): Int32Array | Float64Array {
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  if (size === 4) return new Int32Array(aligned.buffer, aligned.byteOffset, count);
  return new Float64Array(aligned.buffer, aligned.byteOffset, count);
}
