import { IN_SECTION } from './buffer-table.js';
import type { SentMemory, SentRange } from './buffer-table.js';
import { BLOCK_HAS, OUT_OF_BAND_MIN } from './tags.js';
import { bytesOf } from './write-buffers.js';
import type { Writer } from './writer.js';

/** Views of one memory that share bytes, or touch: together they are one block, and all of it is shown by some of them. */
export interface MemoryBlock {
  readonly sent: SentMemory;
  readonly start: number;
  end: number;
  readonly ranges: SentRange[];
}

/** What has to be said of memory behind the value: where views lie that share it. Nearly always nothing. */
export function blocksOf(memories: readonly SentMemory[]): MemoryBlock[] {
  const blocks: MemoryBlock[] = [];
  for (const sent of memories) {
    const sorted = [...sent.ranges].sort((left, right) => left.start - right.start || right.end - left.end);
    let block: MemoryBlock | undefined;
    for (const range of sorted) {
      if (block !== undefined && joins(block, range)) {
        block.ranges.push(range);
        block.end = Math.max(block.end, range.end);
        continue;
      }
      if (block !== undefined && isNeeded(block)) blocks.push(block);
      block = { sent, start: range.start, end: range.end, ranges: [range] };
    }
    if (block !== undefined && isNeeded(block)) blocks.push(block);
  }
  return blocks;
}

/** Views that only touch need not be joined; they are where that spares their bytes from being copied one by one. */
function joins({ end, ranges }: MemoryBlock, range: SentRange): boolean {
  if (range.start !== end) return range.start < end;
  return range.place === IN_SECTION || ranges[ranges.length - 1]?.place === IN_SECTION;
}

/** A view by itself stands in the value with its own bytes. */
function isNeeded({ ranges }: MemoryBlock): boolean {
  return ranges.length > 1 || ranges[0]?.place === IN_SECTION;
}

/**
 * Appends the memory section: where views of one memory lie, so that those which overlap or touch share memory on the
 * other side too, whichever of them came first. Bytes that no view shows are not sent.
 */
export function writeMemorySection(writer: Writer, blocks: readonly MemoryBlock[]): void {
  writer.sink.varint(blocks.length);
  for (const block of blocks) writeBlock(writer, block);
}

function writeBlock(writer: Writer, { sent, start, end, ranges }: MemoryBlock): void {
  const { sink } = writer;
  const { memory, hasBuffer } = sent;
  // The typings of this version of the language do not have them.
  const { resizable, maxByteLength } = memory as ArrayBuffer & { resizable?: boolean; maxByteLength: number };
  const length = end - start;
  const isResizable = hasBuffer && resizable === true;
  const isBeside = length >= OUT_OF_BAND_MIN;
  let alignment = 1;
  for (const range of ranges) alignment = Math.max(alignment, range.alignment);
  sink.byte(
    (isBeside ? BLOCK_HAS.outOfBand : 0) |
      (hasBuffer ? BLOCK_HAS.ownBuffer : 0) |
      (isResizable ? BLOCK_HAS.resizable : 0),
  );
  sink.byte(alignment);
  sink.byte(start % alignment);
  sink.varint(length);
  if (isResizable) sink.varint(maxByteLength);
  const bytes = bytesOf(memory, start, length);
  if (isBeside) sink.varint(placeBeside(writer, bytes, ranges));
  else sink.append(bytes);
  sink.varint(ranges.length);
  for (const range of ranges) {
    sink.varint(range.number);
    sink.varint(range.start - start);
  }
}

/** Views may have put their bytes beside the body already: the whole block takes the place of one of them. */
function placeBeside({ buffers }: Writer, bytes: Uint8Array, ranges: readonly SentRange[]): number {
  let place = -1;
  for (const range of ranges) {
    if (range.place < 0) continue;
    if (place < 0) place = range.place;
    else buffers.replace(range.place);
  }
  if (place < 0) return buffers.push(bytes);
  buffers.replace(place, bytes);
  return place;
}
