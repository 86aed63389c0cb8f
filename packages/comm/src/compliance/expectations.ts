import { ok } from 'node:assert/strict';
import { deadlineSignal, isGridError, raceAbort } from '@grid/common';
import type { CommErrorCode } from '../errors.js';
import type { Comm, Frames } from '../transport.js';

/** Longest that one step of a test may take, in milliseconds. */
const STEP_MS = 20_000;

/** Settles as `promise` does, or fails when that takes so long that it surely hangs. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  using limit = deadlineSignal(STEP_MS, what);
  return await raceAbort(promise, limit.signal);
}

/** Holds when `promise` rejects with one of the codes. */
export async function rejectsWith(promise: Promise<unknown>, ...codes: readonly CommErrorCode[]): Promise<unknown> {
  const outcome = await within(
    promise.then(
      () => ({ error: undefined, failed: false }),
      (error: unknown) => ({ error, failed: true }),
    ),
    `a failure with ${codes.join(' or ')}`,
  );
  ok(outcome.failed, `nothing failed, ${codes.join(' or ')} was expected`);
  const fits = codes.some((code) => isGridError(outcome.error, code));
  ok(fits, `${String(outcome.error)} is not ${codes.join(' or ')}`);
  return outcome.error;
}

/** Says that `promise` is awaited later, so that an early failure of it is not taken for one that nobody handles. */
export function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => 'seen when it is awaited');
  return promise;
}

/** Reads one message. */
export async function receive(comm: Comm): Promise<Frames> {
  const result = await within(comm[Symbol.asyncIterator]().next(), 'a message');
  ok(result.done !== true, 'the comm ended, a message was expected');
  return result.value;
}

/** Reads to the end, in order or not, and returns how many messages there were. */
export async function drain(comm: Comm): Promise<number> {
  let count = 0;
  for await (const _ of comm) count += 1;
  return count;
}

/** Holds when both messages have the same frames with the same bytes. */
export function sameFrames(actual: Frames, expected: Frames): void {
  ok(actual.length === expected.length, `got ${actual.length} frames, ${expected.length} were sent`);
  for (const [index, frame] of expected.entries()) {
    const received = actual[index];
    ok(received !== undefined && ArrayBuffer.isView(received), `frame ${index} is no array`);
    ok(
      received.byteLength === frame.byteLength,
      `frame ${index} has ${received.byteLength} bytes, not ${frame.byteLength}`,
    );
    ok(Buffer.compare(asBuffer(received), asBuffer(frame)) === 0, `frame ${index} has other bytes`);
  }
}

/** Lets everything run that is ready, `count` times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An array of `bytes` bytes that differ from place to place and from seed to seed. */
export function patterned(bytes: number, seed: number): Uint8Array {
  const array = new Uint8Array(bytes);
  // A large array is told by a byte in every 61st place just as well, a hundred times faster.
  const step = bytes > 100_000 ? 61 : 1;
  for (let index = 0; index < bytes; index += step) array[index] = (index * 31 + seed * 17 + (index >> 8)) & 0xff;
  return array;
}

/** The same memory as a Buffer: an array of another realm is none to Node's own checks of its arguments. */
function asBuffer(frame: Uint8Array): Buffer {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}
