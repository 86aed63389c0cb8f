import type { Payload } from '../values/payload.js';
import type { CodeUnit } from './code-units.js';

/** A function made ready to travel. Opaque to the scheduler. */
export interface FunctionPayload {
  /** sha256, in hex, of what determines its behaviour: the same function with equal captured values has the same hash. */
  readonly hash: string;
  /** Name for people: that of the function, or `anonymous`. */
  readonly name: string;
  /** Captured values. */
  readonly payload: Payload;
  /** The code that it needs, which many functions have in common. */
  readonly units: readonly CodeUnit[];
}
