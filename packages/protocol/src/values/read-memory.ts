import { badValue, ByteSource } from './byte-source.js';
import type { ReceivedBuffers, ReceivedRange } from './received-buffers.js';
import { isOwn } from './read-buffers.js';
import { BLOCK_HAS, MAX_RESERVED_BYTES } from './tags.js';

/** Reads the memory section: for each view that it names, what there is of its block from its first byte on. */
export function readMemorySection(section: Uint8Array, buffers: ReceivedBuffers): Map<number, ReceivedRange> {
  const source = new ByteSource();
  source.open(section, 0, section.length);
  const places = new Map<number, ReceivedRange>();
  let reserved = 0;
  for (let blocks = source.count(5); blocks > 0; blocks--) {
    const { range, maxLength } = readBlock(source, buffers, MAX_RESERVED_BYTES - reserved);
    reserved += maxLength;
    for (let views = source.count(2); views > 0; views--) {
      const number = source.varint();
      const offset = source.varint();
      if (offset > range.length) throw badValue('a view lies outside of its memory');
      places.set(number, { memory: range.memory, start: range.start + offset, length: range.length - offset });
    }
  }
  if (source.left > 0) throw badValue('something follows their memory');
  return places;
}

interface ReadBlock {
  readonly range: ReceivedRange;
  readonly maxLength: number;
}

function readBlock(source: ByteSource, buffers: ReceivedBuffers, reservedMax: number): ReadBlock {
  const has = source.byte();
  const alignment = source.byte();
  // What the first byte's place is a remainder of, where the views were made.
  const lead = source.byte();
  if (alignment === 0 || alignment > 8 || lead >= alignment) throw badValue('memory in an impossible place');
  const length = source.varint();
  const maxLength = (has & BLOCK_HAS.resizable) === 0 ? 0 : source.varint();
  if (maxLength > reservedMax || (maxLength > 0 && maxLength < length)) throw badValue('a buffer may grow too large');
  const bytes = (has & BLOCK_HAS.outOfBand) === 0 ? source.take(length) : buffers.take(source.varint());
  if (bytes.length !== length) throw badValue('a buffer has not the size that was announced');
  const given = { memory: bytes.buffer, start: bytes.byteOffset, length };
  if ((has & BLOCK_HAS.ownBuffer) !== 0) {
    if ((has & BLOCK_HAS.outOfBand) !== 0 && maxLength === 0 && isOwn(given)) return { range: given, maxLength };
    return { range: ownBuffer(bytes, (has & BLOCK_HAS.resizable) === 0 ? undefined : maxLength), maxLength };
  }
  const isUsable = (has & BLOCK_HAS.outOfBand) !== 0 && bytes.byteOffset % alignment === lead;
  return { range: isUsable ? given : copiedAt(lead, bytes), maxLength };
}

function ownBuffer(bytes: Uint8Array, maxByteLength: number | undefined): ReceivedRange {
  // The typings of this version of the language know no second argument.
  const makeBuffer = ArrayBuffer as new (length: number, options?: { readonly maxByteLength: number }) => ArrayBuffer;
  const memory =
    maxByteLength === undefined ? new ArrayBuffer(bytes.length) : new makeBuffer(bytes.length, { maxByteLength });
  new Uint8Array(memory).set(bytes);
  return { memory, start: 0, length: bytes.length };
}

/** A copy whose views lie where they lay before: behind some bytes that nobody sees. */
function copiedAt(lead: number, bytes: Uint8Array): ReceivedRange {
  const memory = new ArrayBuffer(lead + bytes.length);
  new Uint8Array(memory, lead).set(bytes);
  return { memory, start: lead, length: bytes.length };
}
