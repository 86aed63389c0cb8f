import type { Payload } from '@grid/protocol';

import { countForCollector } from './count-for-collector.js';

/** Parts from this size on are kept in shared memory; below it a copy costs less than a shared buffer of its own. */
export const SHARED_BYTES_MIN = 4096;

/** Whether threads see these bytes without a copy. */
export function isShared(bytes: Uint8Array): boolean {
  return Object.prototype.toString.call(bytes.buffer) === '[object SharedArrayBuffer]';
}

/** These bytes in shared memory, copied only if they are not there yet or would keep far more memory alive. */
export function toShared(bytes: Uint8Array): Uint8Array {
  if (isShared(bytes) && bytes.byteLength * 2 >= bytes.buffer.byteLength) return bytes;
  const shared = allocateShared(bytes.byteLength);
  shared.set(bytes);
  return shared;
}

/** Memory for bytes that arrive from elsewhere: shared where threads are to read it without a copy. */
export function allocateShared(byteLength: number): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(byteLength));
  countForCollector(shared);
  return shared;
}

/** The same value with its large parts in shared memory. */
export function toSharedPayload(payload: Payload): Payload {
  const { body, buffers } = payload;
  const isBodyFine = body.byteLength < SHARED_BYTES_MIN || isShared(body);
  if (isBodyFine && buffers.length === 0) return payload;
  return { body: isBodyFine ? body : toShared(body), buffers: buffers.map(toShared) };
}
