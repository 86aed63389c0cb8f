import { EXTRA_KEYS_MAX_LENGTH, OUT_OF_BAND_MIN, PACKED_MIN, SHORT_ARRAY_LIMIT, TAG } from './tags.js';
import { writeString } from './strings.js';
import type { Writer } from './writer.js';

/** Appends an array. */
export function writeArray(writer: Writer, items: readonly unknown[], depth: number): void {
  writer.remember(items);
  if (writer.putOff(items, 'array', depth)) return;
  writeArrayContent(writer, items, depth);
}

/** Appends tag and items of an array that has its number already. */
export function writeArrayContent(writer: Writer, items: readonly unknown[], depth: number): void {
  const length = items.length;
  if (isIrregular(items)) return writeSparse(writer, items, depth);
  if (length >= PACKED_MIN && typeof items[0] === 'number' && writePacked(writer, items)) return;
  const sink = writer.sink;
  if (length < SHORT_ARRAY_LIMIT) sink.byte(TAG.shortArray | length);
  else {
    sink.byte(TAG.array);
    sink.varint(length);
  }
  const path = writer.path;
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (item === undefined && !(i in items)) {
      sink.byte(TAG.hole);
      continue;
    }
    path[depth] = i;
    writer.write(item, depth + 1);
  }
}

/** Tells whether an array has properties that are no items, or consists mostly of holes. */
function isIrregular(items: readonly unknown[]): boolean {
  const length = items.length;
  if (length <= EXTRA_KEYS_MAX_LENGTH) {
    const keys = Object.keys(items);
    // Indexes come first among keys, so one look at the last tells holes plus extra keys from a dense array.
    return keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1));
  }
  return looksSparse(items);
}

function looksSparse(items: readonly unknown[]): boolean {
  const step = Math.floor(items.length / 64);
  let holes = 0;
  for (let i = 0; i < items.length; i += step) if (!(i in items)) holes++;
  return holes > 32;
}

function writeSparse(writer: Writer, items: readonly unknown[], depth: number): void {
  const keys = Object.keys(items);
  const sink = writer.sink;
  sink.byte(TAG.sparseArray);
  sink.varint(items.length);
  sink.varint(keys.length);
  for (const key of keys) {
    const index = Number(key);
    const isIndex = String(index) === key && Number.isInteger(index) && index >= 0 && index < items.length;
    if (isIndex) sink.varint(index + 1);
    else {
      sink.byte(0);
      writeString(sink, key);
    }
    writer.path[depth] = isIndex ? index : key;
    // The key came from the array itself, which may have any property.
    writer.write((items as unknown as Readonly<Record<string, unknown>>)[key], depth + 1);
  }
}

/** Writes an array that holds only numbers as one block. */
function writePacked(writer: Writer, items: readonly unknown[]): boolean {
  const length = items.length;
  let ints = true;
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (typeof item !== 'number') return false;
    if (ints && ((item | 0) !== item || (item === 0 && 1 / item < 0))) ints = false;
  }
  // The loop has proved it.
  const numbers = items as readonly number[];
  const block = ints ? new Int32Array(numbers) : new Float64Array(numbers);
  const sink = writer.sink;
  sink.byte(ints ? TAG.packedInt32 : TAG.packedFloat64);
  sink.varint(length);
  const bytes = new Uint8Array(block.buffer);
  if (bytes.length >= OUT_OF_BAND_MIN) {
    sink.byte(1);
    sink.varint(writer.buffers.push(bytes));
  } else {
    sink.byte(0);
    sink.append(bytes);
  }
  return true;
}
