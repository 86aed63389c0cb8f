import type { ArrowData } from './arrow-objects.js';

/** Bytes of one view: a length, then up to twelve bytes of text, or where the text lies. */
const VIEW_BYTES = 16;
const INLINE_MAX = 12;
const BUFFER_AT = 8;
const OFFSET_AT = 12;

/** A slice of more rows than this is sent with all its texts: finding out which ones it shows would take too long. */
const LOOKED_THROUGH_MAX = 65_536;

/** What looking through them might save has to be worth it, in bytes. */
const EXCESS_MIN = 4096;

/** Views and the parts of their buffers that they show. */
interface CutViews {
  readonly values: Uint8Array;
  readonly variadicBuffers: readonly Uint8Array[];
}

/**
 * Columns of views keep their texts in buffers of their own, which a slice has in full. Cuts each of them to the part from
 * the first text that is shown to the last one.
 */
export function usedParts(data: ArrowData): CutViews | Record<never, never> {
  const { length, values, variadicBuffers = [] } = data;
  const all = variadicBuffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  if (!(values instanceof Uint8Array) || length > LOOKED_THROUGH_MAX || all < EXCESS_MIN) return {};
  const views = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const shown = variadicBuffers.map(() => ({ start: Infinity, end: 0 }));
  for (const { buffer, offset, size } of longTexts(views, length)) {
    const part = shown[buffer];
    if (part === undefined) return {};
    part.start = Math.min(part.start, offset);
    part.end = Math.max(part.end, offset + size);
  }
  const kept = shown.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
  if (all - kept < EXCESS_MIN) return {};
  return {
    values: movedViews(values, length, shown),
    variadicBuffers: variadicBuffers.map((buffer, i) => {
      const { start, end } = shown[i] as { start: number; end: number };
      return start === Infinity ? buffer.subarray(0, 0) : buffer.subarray(start, end);
    }),
  };
}

interface LongText {
  readonly at: number;
  readonly size: number;
  readonly buffer: number;
  readonly offset: number;
}

function* longTexts(views: DataView, length: number): Generator<LongText> {
  for (let row = 0; row < length; row++) {
    const at = row * VIEW_BYTES;
    const size = views.getInt32(at, true);
    if (size <= INLINE_MAX) continue;
    yield { at, size, buffer: views.getInt32(at + BUFFER_AT, true), offset: views.getInt32(at + OFFSET_AT, true) };
  }
}

function movedViews(values: Uint8Array, length: number, shown: readonly { readonly start: number }[]): Uint8Array {
  const moved = values.slice(0, length * VIEW_BYTES);
  const views = new DataView(moved.buffer, moved.byteOffset, moved.byteLength);
  for (const { at, buffer, offset } of longTexts(views, length)) {
    views.setInt32(at + OFFSET_AT, offset - (shown[buffer]?.start ?? 0), true);
  }
  return moved;
}
