import type { ByteSink } from './byte-sink.js';
import { badValue } from './byte-source.js';
import { FLAG } from './tags.js';

/** Bytes that say where a section starts. */
const POINTER_BYTES = 4;

/** Where the parts of an encoded value lie. */
export interface Sections {
  /** Where the value itself ends. */
  readonly valueEnd: number;
  readonly code: Uint8Array | undefined;
  readonly packages: Uint8Array | undefined;
  readonly memory: Uint8Array | undefined;
}

const KNOWN_FLAGS = FLAG.code | FLAG.packages | FLAG.memory | FLAG.futures;

/** Appends a section and what tells where it starts. @param valueStart - where the value's first byte is */
export function writeSection(sink: ByteSink, valueStart: number, write: () => void): void {
  const sectionStart = sink.length - valueStart;
  write();
  for (let shift = 0; shift < 8 * POINTER_BYTES; shift += 8) sink.byte((sectionStart >>> shift) & 0xff);
}

/** Finds the sections that the flags of a value announce. */
export function findSections(bytes: Uint8Array, start: number, end: number): Sections {
  if (end <= start) throw badValue('they end too early');
  const flags = bytes[start] as number;
  if ((flags & ~KNOWN_FLAGS) !== 0) throw badValue('unknown flags');
  let valueEnd = end;
  const take = (flag: number): Uint8Array | undefined => {
    if ((flags & flag) === 0) return undefined;
    const last = lastSection(bytes, start, valueEnd);
    valueEnd = last.valueEnd;
    return last.section;
  };
  const code = take(FLAG.code);
  const packages = take(FLAG.packages);
  const memory = take(FLAG.memory);
  return { valueEnd, code, packages, memory };
}

/** The section at the end of an encoded value that has one. */
export function lastSection(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly section: Uint8Array; readonly valueEnd: number } {
  if (end - start < 2 + POINTER_BYTES) throw badValue('they end too early');
  const sectionEnd = end - POINTER_BYTES;
  let offset = 0;
  for (let i = 0; i < POINTER_BYTES; i++) offset += (bytes[sectionEnd + i] as number) * 2 ** (8 * i);
  const valueEnd = start + offset;
  if (offset < 1 || valueEnd > sectionEnd) throw badValue('a section lies outside');
  return { section: bytes.subarray(valueEnd, sectionEnd), valueEnd };
}
