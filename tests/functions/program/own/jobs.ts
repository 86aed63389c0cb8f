/* A module that is sent as a whole. */
import { viaMore } from './helpers.js';

const trained = new Set<number>();

export function train(x: number): number {
  trained.add(x);
  return viaMore(x);
}

export function isTrained(x: number): boolean {
  return trained.has(x);
}
