import { Buffer } from 'node:buffer';
import { badValue } from './byte-source.js';
import type { Reader } from './reader.js';
import type { ReceivedRange } from './received-buffers.js';
import { BYTES, VIEW_KINDS } from './tags.js';
import type { ViewKind } from './tags.js';

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
  const range = readRange(reader, 1);
  const { memory, start, length } = range;
  const whole = start === 0 && length === memory.byteLength && !isShared(memory);
  // `isShared` has told the two apart.
  return reader.remember(whole ? (memory as ArrayBuffer) : new Uint8Array(memory, start, length).slice().buffer);
}

function isShared(memory: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(memory) === '[object SharedArrayBuffer]';
}

function readRange(reader: Reader, alignment: number): ReceivedRange {
  const { source, buffers } = reader;
  switch (source.byte()) {
    case BYTES.inline: {
      const copy = new Uint8Array(source.take(source.varint()));
      return buffers.add({ memory: copy.buffer, start: 0, length: copy.length });
    }
    case BYTES.outOfBand: {
      const buffer = buffers.get(source.varint());
      if (buffer.byteLength !== source.varint()) throw badValue('a buffer has not the size that was announced');
      const own = buffer.byteOffset % alignment === 0 ? buffer : new Uint8Array(buffer);
      return buffers.add({ memory: own.buffer, start: own.byteOffset, length: own.byteLength });
    }
    case BYTES.alias:
      return readAlias(reader, alignment);
    default:
      throw badValue('bytes in an unknown place');
  }
}

function readAlias(reader: Reader, alignment: number): ReceivedRange {
  const { source, buffers } = reader;
  const parent = buffers.range(source.varint());
  const offset = source.varint();
  const length = source.varint();
  if (offset + length > parent.length) throw badValue('a view lies outside of its memory');
  const start = parent.start + offset;
  if (start % alignment === 0) return { memory: parent.memory, start, length };
  const copy = new Uint8Array(parent.memory, start, length).slice();
  return { memory: copy.buffer, start: 0, length };
}

function elementSize(kind: ViewKind): number {
  switch (kind) {
    case 'Int16Array':
    case 'Uint16Array':
      return 2;
    case 'Int32Array':
    case 'Uint32Array':
    case 'Float32Array':
      return 4;
    case 'Float64Array':
    case 'BigInt64Array':
    case 'BigUint64Array':
      return 8;
    default:
      return 1;
  }
}

type ViewMaker = (memory: ArrayBufferLike, start: number, count: number) => ArrayBufferView;

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
};
