import type { Frames } from '@grid/comm';
import { MessageCodec } from '@grid/protocol';

const codec = new MessageCodec();
/** Longer descriptions are cut. */
const LENGTH_MAX = 400;
/** What nobody reads in a trace. */
const LEFT_OUT = new Set([
  'metrics',
  'info',
  'memoryBreakdown',
  'args',
  'units',
  'payload',
  'payloads',
  'block',
  'versions',
]);

/** What is said in a frame set, for people who read traces. */
export function describeFrames(frames: Frames): string {
  try {
    return codec
      .decode(frames)
      .map(({ message, requestId }) => describe(message.op, requestId, message))
      .join(' | ');
  } catch {
    return 'what is no message';
  }
}

function describe(op: string, requestId: number, message: object): string {
  const fields = Object.entries(message).filter(([name]) => name !== 'op' && !LEFT_OUT.has(name));
  const text = JSON.stringify(Object.fromEntries(fields), (name, value: unknown) =>
    LEFT_OUT.has(name) ? undefined : readable(value),
  );
  return `${op}${requestId === 0 ? '' : `#${String(requestId)}`} ${text}`.slice(0, LENGTH_MAX);
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `${String(value.byteLength)} bytes`;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (isTextColumn(value)) return Array.from({ length: value.length }, (_, row) => value.at(row));
  return value;
}

/** Columns of texts are read by position. */
function isTextColumn(value: unknown): value is { readonly length: number; at(row: number): string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'at' in value && 'length' in value;
}
