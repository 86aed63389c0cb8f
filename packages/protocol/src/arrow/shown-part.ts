import type { ArrowData, ArrowOffsets, ArrowType, ArrowValues } from './arrow-objects.js';
import { TYPE } from './arrow-objects.js';
import { usedParts } from './view-buffers.js';

/** What of a chunk has to travel: its buffers without what lies outside of its rows. */
export interface ShownPart {
  readonly type: ArrowType;
  readonly offset: number;
  readonly length: number;
  readonly nullCount: number;
  readonly valueOffsets: ArrowOffsets | undefined;
  readonly values: ArrowValues | undefined;
  readonly nullBitmap: Uint8Array | undefined;
  readonly typeIds: Int8Array | undefined;
  readonly variadicBuffers: readonly Uint8Array[];
  readonly children: readonly ArrowData[];
}

/** Arrow pads its buffers to this many bytes. Cutting less than that off saves nothing. */
const PADDING = 64;

type Buffers = Pick<ShownPart, 'offset' | 'valueOffsets' | 'values' | 'nullBitmap' | 'variadicBuffers' | 'children'>;

/**
 * Cuts a chunk to its rows. Slicing in Arrow keeps the whole of texts, lists and bitmaps and only moves where they begin;
 * what travels should be as small as the slice. Nothing is copied but the offsets of such a slice.
 */
export function shownPart(data: ArrowData): ShownPart {
  const { type, length, typeIds } = data;
  const uncut: Buffers = {
    offset: data.offset,
    valueOffsets: data.valueOffsets,
    values: data.values,
    nullBitmap: data.nullBitmap,
    variadicBuffers: data.variadicBuffers ?? [],
    children: data.children,
  };
  const cut = { ...uncut, ...cutBits(data), ...cutValues(data) };
  return { ...cut, type, length, typeIds, nullCount: data._nullCount };
}

/** Validity and boolean values are bits that begin at the chunk's offset. */
function cutBits(data: ArrowData): Partial<Buffers> {
  const { offset, length, nullBitmap } = data;
  const values = data.type.typeId === TYPE.bool ? data.values : undefined;
  const first = offset >> 3;
  const end = (offset + length + 7) >> 3;
  const longest = Math.max(nullBitmap?.byteLength ?? 0, values?.byteLength ?? 0);
  if (longest - (end - first) <= PADDING) return {};
  const bits = { offset: offset - first * 8, nullBitmap: nullBitmap?.subarray(first, end) };
  return values === undefined ? bits : { ...bits, values: values.subarray(first, end) };
}

function cutValues(data: ArrowData): Partial<Buffers> {
  const { typeId } = data.type;
  const { valueOffsets, values, length, stride } = data;
  if (typeId === TYPE.union) return valueOffsets === undefined ? {} : cutDenseUnion(data, valueOffsets);
  if (valueOffsets !== undefined) return cutByOffsets(data, valueOffsets);
  if (typeId === TYPE.binaryView || typeId === TYPE.utf8View) return usedParts(data);
  if (values === undefined || typeId === TYPE.bool) return {};
  const excess = (values.length - length * stride) * values.BYTES_PER_ELEMENT;
  return excess > PADDING ? { values: values.subarray(0, length * stride) } : {};
}

/** Texts and lists: row `i` is what lies between offsets `i` and `i + 1`. */
function cutByOffsets(data: ArrowData, offsets: ArrowOffsets): Partial<Buffers> {
  const { length, values } = data;
  if (offsets.length <= length) return {};
  const first = Number(offsets[0]);
  const last = Number(offsets[length]);
  const [child] = data.children;
  if (child === undefined) {
    if (values === undefined || first + values.length - last <= PADDING) return {};
    return { values: values.subarray(first, last), valueOffsets: movedOffsets(offsets, length, first) };
  }
  if (first === 0 && last === child.length) return {};
  return { children: [child.slice(first, last - first)], valueOffsets: movedOffsets(offsets, length, first) };
}

function movedOffsets(offsets: ArrowOffsets, length: number, by: number): ArrowOffsets {
  if (by === 0) return offsets;
  const moved = offsets.slice(0, length + 1);
  if (moved instanceof BigInt64Array)
    for (let i = 0; i < moved.length; i++) moved[i] = (moved[i] as bigint) - BigInt(by);
  else for (let i = 0; i < moved.length; i++) moved[i] = (moved[i] as number) - by;
  return moved;
}

/** A dense union: row `i` is the value at offset `i` of the child that its type id names. */
function cutDenseUnion(data: ArrowData, offsets: ArrowOffsets): Partial<Buffers> {
  const { length, children, typeIds, type } = data;
  const rows = children.reduce((sum, child) => sum + child.length, 0);
  if (typeIds === undefined || rows <= 2 * length + PADDING) return {};
  const childOf = type['typeIdToChildIndex'] as Readonly<Record<number, number>>;
  const first = children.map(() => Infinity);
  const last = children.map(() => -1);
  for (let row = 0; row < length; row++) {
    const child = childOf[typeIds[row] as number] as number;
    const at = Number(offsets[row]);
    first[child] = Math.min(first[child] as number, at);
    last[child] = Math.max(last[child] as number, at);
  }
  const moved = Int32Array.from({ length }, (_, row) => {
    return Number(offsets[row]) - (first[childOf[typeIds[row] as number] as number] as number);
  });
  const cut = children.map((child, index) => {
    const start = first[index] as number;
    return start === Infinity ? child.slice(0, 0) : child.slice(start, (last[index] as number) - start + 1);
  });
  return { valueOffsets: moved, children: cut };
}
