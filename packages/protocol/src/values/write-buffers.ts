import { types } from 'node:util';
import { IN_SECTION, INLINE, rangeThatHolds, touchesLatest } from './buffer-table.js';
import type { SentMemory, SentRange } from './buffer-table.js';
import { Refusal } from './refusal.js';
import { BYTES, MAX_RESERVED_BYTES, OUT_OF_BAND_MIN, TAG } from './tags.js';
import { elementSize, VIEW_KINDS, viewKind } from './view-kinds.js';
import type { Writer } from './writer.js';

/** Appends a typed array, `DataView` or `Buffer`: only the part of the memory that it shows. */
export function writeView(writer: Writer, view: ArrayBufferView): void {
  const kind = viewKind(view);
  writer.remember(view);
  writer.sink.byte(TAG.view);
  writer.sink.byte(VIEW_KINDS.indexOf(kind));
  const start = view.byteOffset;
  writeMemory(writer, view.buffer, { start, end: start + view.byteLength, alignment: elementSize(kind) });
}

/** Appends an `ArrayBuffer`. Shared memory has no meaning elsewhere, so that is refused. */
export function writeArrayBuffer(writer: Writer, memory: ArrayBufferLike): void {
  if (types.isSharedArrayBuffer(memory)) {
    throw new Refusal(
      'SAB',
      'it is a SharedArrayBuffer, whose memory no other process sees',
      'send a view of it: its bytes are copied',
    );
  }
  // The typings of this version of the language do not have it.
  const { maxByteLength, resizable } = memory as ArrayBuffer & { readonly maxByteLength: number; resizable: boolean };
  if (resizable && writer.buffers.reserve(maxByteLength) > MAX_RESERVED_BYTES) {
    throw new Refusal(
      'RESIZABLE',
      `it may grow to ${maxByteLength} bytes, and the receiver sets aside at most ${MAX_RESERVED_BYTES} for a value`,
      'send a view of it, or make it with a smaller maxByteLength',
    );
  }
  writer.remember(memory);
  writer.sink.byte(TAG.arrayBuffer);
  const length = memory.byteLength;
  const known = writer.buffers.find(memory);
  const sent = known ?? writer.buffers.add(memory);
  sent.hasBuffer = true;
  if (known === undefined && !resizable) writeHere(writer, sent, { start: 0, end: length, alignment: 8 });
  else writeInSection(writer, sent, { start: 0, end: length, alignment: 8 });
}

type Range = Pick<SentRange, 'start' | 'end' | 'alignment'>;

function writeMemory(writer: Writer, memory: ArrayBufferLike, range: Range): void {
  const { buffers } = writer;
  const known = buffers.find(memory);
  if (known === undefined) return writeHere(writer, buffers.add(memory), range);
  const { start, end, alignment } = range;
  if (start === end) return writeHere(writer, known, range);
  const holder = rangeThatHolds(known, start, end, alignment);
  if (holder >= 0) return writeAlias(writer, known.ranges[holder] as SentRange, range);
  // What views show together is known only at the end.
  if (touchesLatest(known, start, end)) writeInSection(writer, known, range);
  else writeHere(writer, known, range);
}

function writeAlias({ sink }: Writer, holder: SentRange, { start, end }: Range): void {
  sink.byte(BYTES.alias);
  sink.varint(holder.number);
  sink.varint(start - holder.start);
  sink.varint(end - start);
}

/** Bytes of a range, or the number of the buffer that they are. */
function writeHere(writer: Writer, sent: SentMemory, { start, end, alignment }: Range): void {
  const { sink, buffers } = writer;
  const length = end - start;
  const bytes = bytesOf(sent.memory, start, length);
  let place = INLINE;
  if (length >= OUT_OF_BAND_MIN) {
    place = buffers.push(bytes);
    sink.byte(BYTES.outOfBand);
    sink.varint(place);
    sink.varint(length);
  } else {
    sink.byte(BYTES.inline);
    sink.varint(length);
    sink.append(bytes);
  }
  sent.ranges.push({ number: buffers.nextNumber(), start, end, alignment, place });
}

function writeInSection({ sink, buffers }: Writer, sent: SentMemory, { start, end, alignment }: Range): void {
  sink.byte(BYTES.section);
  sink.varint(end - start);
  sent.ranges.push({ number: buffers.nextNumber(), start, end, alignment, place: IN_SECTION });
}

/** A part of a memory as bytes; refuses memory that is gone. */
export function bytesOf(memory: ArrayBufferLike, start: number, length: number): Uint8Array {
  try {
    return new Uint8Array(memory, start, length);
  } catch (error) {
    throw new Refusal('DETACHED', 'its memory was transferred away', 'send it before you transfer it', error);
  }
}
