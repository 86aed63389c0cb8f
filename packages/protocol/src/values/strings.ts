import { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.js';
import { SHORT_STRING_LIMIT, TAG } from './tags.js';

/** Up to this length a loop over characters beats a call into the runtime. Measured on Node 20. */
const LOOP_LIMIT = 24;

/** Appends a string with its tag: ASCII in one byte a character, else UTF-8, and UTF-16 where surrogates stand alone. */
export function writeString(sink: ByteSink, text: string): void {
  const length = text.length;
  if (length <= LOOP_LIMIT && writeShortAscii(sink, text, length)) return;
  writeLongString(sink, text);
}

function writeShortAscii(sink: ByteSink, text: string, length: number): boolean {
  sink.reserve(length + 1);
  const bytes = sink.bytes;
  const start = sink.length;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[start + 1 + i] = code;
  }
  bytes[start] = TAG.shortString | length;
  sink.length = start + 1 + length;
  return true;
}

function writeLongString(sink: ByteSink, text: string): void {
  const size = Buffer.byteLength(text, 'utf8');
  if (size === text.length) {
    if (size < SHORT_STRING_LIMIT) sink.byte(TAG.shortString | size);
    else writeHead(sink, TAG.latin1, size);
    writeEncoded(sink, text, size, 'latin1');
  } else if (text.isWellFormed()) {
    writeHead(sink, TAG.utf8, size);
    writeEncoded(sink, text, size, 'utf8');
  } else {
    writeHead(sink, TAG.utf16, text.length * 2);
    writeEncoded(sink, text, text.length * 2, 'utf16le');
  }
}

function writeHead(sink: ByteSink, tag: number, size: number): void {
  sink.byte(tag);
  sink.varint(size);
}

function writeEncoded(sink: ByteSink, text: string, size: number, encoding: 'latin1' | 'utf8' | 'utf16le'): void {
  sink.reserve(size);
  asBuffer(sink.bytes).write(text, sink.length, size, encoding);
  sink.length += size;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads one-byte characters that are known to lie within `bytes`. */
export function readLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LOOP_LIMIT) {
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
    return text;
  }
  return asBuffer(bytes).toString('latin1', start, end);
}

/** Reads UTF-8 that is known to lie within `bytes`. Wrong sequences become U+FFFD. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return asBuffer(bytes).toString('utf8', start, end);
}

/** Reads UTF-16, little endian, that is known to lie within `bytes`. */
export function readUtf16(bytes: Uint8Array, start: number, end: number): string {
  return asBuffer(bytes).toString('utf16le', start, end);
}
