import { basename } from 'node:path';
import { times } from './more-helpers.js';

// eslint-disable-next-line no-restricted-syntax -- users do this
export enum Color {
  Red = 'red',
  Green = 'green',
}

export function double(x: number): number {
  return x * 2;
}

export function viaMore(x: number): number {
  return times(x) + 1;
}

export const nameOf = (path: string): string => basename(path);

/** Cannot travel, and nobody asks for it. @public */
export const pending = Promise.resolve();

export function fail(message: string): never {
  throw new RangeError(message);
}

export function failLater(message: string): never {
  return fail(`${message} down`);
}
