import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { ProtocolError } from '../errors.js';
import { badValue } from './byte-source.js';
import type { Reader } from './reader.js';
import type { ReceivedRange } from './received-buffers.js';
import { BYTES } from './tags.js';
import { elementSize, VIEW_KINDS } from './view-kinds.js';
import type { ViewKind } from './view-kinds.js';

/** Reads a typed array, `DataView` or `Buffer`: a view of the buffer that came along, copied only if that is not aligned. */
export function readView(reader: Reader): ArrayBufferView {
  const kind = VIEW_KINDS[reader.source.byte()];
  if (kind === undefined) throw badValue('an unknown kind of view');
  const size = elementSize(kind);
  const range = readRange(reader, size);
  if (range.length % size !== 0) throw badValue(`${range.length} bytes are no ${kind}`);
  return reader.remember(MAKERS[kind](range.memory, range.start, range.length / size));
}

/** Reads an `ArrayBuffer`: the buffer that came along, unless that is a part of something larger or shared. */
export function readArrayBuffer(reader: Reader): ArrayBuffer {
  const { buffers } = reader;
  const isAlone = buffers.nextFromSection() === undefined;
  const range = readRange(reader, 1);
  if (isOwn(range)) return reader.remember(range.memory);
  // The memory section has made a buffer of its own where it says that there is one.
  if (!isAlone) throw badValue('a buffer is a part of another');
  const own = new Uint8Array(range.memory, range.start, range.length).slice().buffer;
  buffers.replaceLast({ memory: own, start: 0, length: own.byteLength });
  return reader.remember(own);
}

/** Tells whether a range is all of a buffer that is not shared. */
export function isOwn(range: ReceivedRange): range is ReceivedRange & { readonly memory: ArrayBuffer } {
  const { memory, start, length } = range;
  return start === 0 && length === memory.byteLength && !types.isSharedArrayBuffer(memory);
}

function readRange(reader: Reader, alignment: number): ReceivedRange {
  const { source, buffers } = reader;
  const place = source.byte();
  if (place === BYTES.alias) return readAlias(reader, alignment);
  // What the memory section knows of lies there, even if the bytes of the first view stand here as well.
  const room = buffers.nextFromSection();
  switch (place) {
    case BYTES.inline: {
      const bytes = source.take(source.varint());
      return buffers.add(room === undefined ? copied(bytes) : within(room, bytes.length, alignment));
    }
    case BYTES.outOfBand: {
      const index = source.varint();
      const length = source.varint();
      const range = room === undefined ? taken(reader, index, length, alignment) : within(room, length, alignment);
      return buffers.add(range);
    }
    case BYTES.section:
      if (room === undefined) throw badValue('memory is missing');
      return buffers.add(within(room, source.varint(), alignment));
    default:
      throw badValue('bytes in an unknown place');
  }
}

function readAlias(reader: Reader, alignment: number): ReceivedRange {
  const { source, buffers } = reader;
  const { memory, start, length } = buffers.range(source.varint());
  const offset = source.varint();
  if (offset > length) throw badValue('a view lies outside of its memory');
  return within({ memory, start: start + offset, length: length - offset }, source.varint(), alignment);
}

function within({ memory, start, length: room }: ReceivedRange, length: number, alignment: number): ReceivedRange {
  if (length > room) throw badValue('a view lies outside of its memory');
  if (start % alignment !== 0) throw badValue('a view lies between the places that its elements can have');
  return { memory, start, length };
}

function taken(reader: Reader, index: number, length: number, alignment: number): ReceivedRange {
  const buffer = reader.buffers.take(index);
  if (buffer.byteLength !== length) throw badValue('a buffer has not the size that was announced');
  if (buffer.byteOffset % alignment !== 0) return copied(buffer);
  return { memory: buffer.buffer, start: buffer.byteOffset, length };
}

function copied(bytes: Uint8Array): ReceivedRange {
  const copy = new Uint8Array(bytes);
  return { memory: copy.buffer, start: 0, length: copy.length };
}

type ViewMaker = (memory: ArrayBufferLike, start: number, count: number) => ArrayBufferView;

/** Not in the typings of this version of the language, and not in every version of the runtime. */
const { Float16Array: float16Array } = globalThis as {
  Float16Array?: new (memory: ArrayBufferLike, start: number, count: number) => ArrayBufferView;
};

const MAKERS: Readonly<Record<ViewKind, ViewMaker>> = {
  Uint8Array: (memory, start, count) => new Uint8Array(memory, start, count),
  Int8Array: (memory, start, count) => new Int8Array(memory, start, count),
  Uint8ClampedArray: (memory, start, count) => new Uint8ClampedArray(memory, start, count),
  Int16Array: (memory, start, count) => new Int16Array(memory, start, count),
  Uint16Array: (memory, start, count) => new Uint16Array(memory, start, count),
  Int32Array: (memory, start, count) => new Int32Array(memory, start, count),
  Uint32Array: (memory, start, count) => new Uint32Array(memory, start, count),
  Float32Array: (memory, start, count) => new Float32Array(memory, start, count),
  Float64Array: (memory, start, count) => new Float64Array(memory, start, count),
  BigInt64Array: (memory, start, count) => new BigInt64Array(memory, start, count),
  BigUint64Array: (memory, start, count) => new BigUint64Array(memory, start, count),
  DataView: (memory, start, count) => new DataView(memory, start, count),
  // The typings of `Buffer.from` know no shared memory; the runtime does.
  Buffer: (memory, start, count) => Buffer.from(memory as ArrayBuffer, start, count),
  Float16Array: (memory, start, count) => {
    if (float16Array !== undefined) return new float16Array(memory, start, count);
    throw new ProtocolError(
      'GRID_PROTOCOL_DESERIALIZE',
      `a Float16Array arrived, which Node ${process.version} does not have; run this process on Node 24 or newer`,
      { details: { name: 'Float16Array' } },
    );
  },
};
