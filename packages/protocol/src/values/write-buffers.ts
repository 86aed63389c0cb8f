import { Refusal } from './refusal.js';
import { BYTES, OUT_OF_BAND_MIN, TAG, VIEW_KINDS } from './tags.js';
import type { ViewKind } from './tags.js';
import type { Writer } from './writer.js';

/** Appends a typed array, `DataView` or `Buffer`: only the part of the memory that it shows. */
export function writeView(writer: Writer, view: ArrayBufferView): void {
  writer.remember(view);
  writer.sink.byte(TAG.view);
  writer.sink.byte(VIEW_KINDS.indexOf(viewKind(view)));
  writeMemory(writer, view.buffer, view.byteOffset, view.byteLength);
}

/** Appends an `ArrayBuffer`. Shared memory has no meaning elsewhere, so that is refused. */
export function writeArrayBuffer(writer: Writer, memory: ArrayBufferLike): void {
  if (Object.prototype.toString.call(memory) === '[object SharedArrayBuffer]') {
    throw new Refusal(
      'SAB',
      'it is a SharedArrayBuffer, whose memory no other process sees',
      'send a view of it: its bytes are copied',
    );
  }
  writer.remember(memory);
  writer.sink.byte(TAG.arrayBuffer);
  writeMemory(writer, memory, 0, memory.byteLength);
}

function writeMemory(writer: Writer, memory: ArrayBufferLike, start: number, length: number): void {
  const sink = writer.sink;
  const known = writer.buffers.find(memory, start, start + length);
  if (known >= 0 && length > 0) {
    sink.byte(BYTES.alias);
    sink.varint(known);
    sink.varint(start - writer.buffers.startOf(known));
    sink.varint(length);
    return;
  }
  writer.buffers.sent(memory, start, start + length);
  const bytes = viewOf(memory, start, length);
  if (length >= OUT_OF_BAND_MIN) {
    sink.byte(BYTES.outOfBand);
    sink.varint(writer.buffers.push(bytes));
    sink.varint(length);
  } else {
    sink.byte(BYTES.inline);
    sink.varint(length);
    sink.append(bytes);
  }
}

function viewOf(memory: ArrayBufferLike, start: number, length: number): Uint8Array {
  try {
    return new Uint8Array(memory, start, length);
  } catch (error) {
    throw new Refusal('DETACHED', 'its memory was transferred away', 'send it before you transfer it', error);
  }
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** What kind of view it is, by its internal slot: a subclass or another realm's view has the kind of its base. */
export function viewKind(view: ArrayBufferView): ViewKind {
  const name = Reflect.get(typedArrayPrototype, Symbol.toStringTag, view) as string | undefined;
  if (name === undefined) return 'DataView';
  if (name === 'Uint8Array' && Buffer.isBuffer(view)) return 'Buffer';
  const kind = VIEW_KINDS.find((known) => known === name);
  if (kind === undefined) throw new Refusal('VIEW', `it is a ${name}`, 'send it as one of the older typed arrays');
  return kind;
}
