import type { Event } from '@grid/client';

/** The functions that travel. Trivial, so that what is timed is the way and not the work. */

export function inc(x: number): number {
  return x + 1;
}

export function timesTen(x: number): number {
  return x * 10;
}

export function add(a: number, b: number): number {
  return a + b;
}

export function total(...xs: number[]): number {
  return xs.reduce((sum, x) => sum + x, 0);
}

/** The same of one list. */
export function sumOfList(xs: readonly number[]): number {
  return xs.reduce((sum, x) => sum + x, 0);
}

/** Data that cannot be compressed or shared. */
export function makeArray({ mb, seed }: { mb: number; seed: number }): Float64Array {
  const array = new Float64Array(mb * 125_000);
  let state = seed + 1;
  for (let i = 0; i < array.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    array[i] = state;
  }
  return array;
}

/** Touches an array at both ends: it has to be there, and nothing is computed. */
export function ends(array: Float64Array): number {
  return array[0]! + array.at(-1)!;
}

/** The sum of all items. */
export function sumOf(array: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < array.length; i += 1) sum += array[i]!;
  return sum;
}

/** 10 kB that nothing compresses. */
export function makeBytes(seed: number): Uint8Array {
  const bytes = new Uint8Array(10_000);
  let state = seed + 1;
  for (let i = 0; i < bytes.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function lengthOf(bytes: Uint8Array): number {
  return bytes.length;
}

/** Keeps its thread for 10 ms without computing. */
export function nap(i: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  return i;
}

/** Says that it runs, and never ends. */
export async function loopForever(started: Event): Promise<never> {
  await started.set();
  for (;;);
}
