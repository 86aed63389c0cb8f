import type { CallableValue, FunctionEncoder, FunctionPayload } from '@grid/protocol';

/** A function that has its number on this connection. */
export interface KnownFunction {
  readonly id: number;
  readonly payload: FunctionPayload;
}

/** Numbers the functions of one connection, so that each travels to the scheduler once. */
export class FunctionTable {
  readonly encoder: FunctionEncoder;
  readonly #byHash = new Map<string, KnownFunction>();
  /** Numbers that some message has introduced. */
  readonly #introduced = new Set<number>();

  constructor(encoder: FunctionEncoder) {
    this.encoder = encoder;
  }

  /** Captures `fn` as it is now. */
  capture(fn: CallableValue): KnownFunction {
    const payload = this.encoder.capture(fn);
    let known = this.#byHash.get(payload.hash);
    if (known === undefined) {
      known = { id: this.#byHash.size, payload };
      this.#byHash.set(payload.hash, known);
    }
    return known;
  }

  /** Whether `fn` has not been introduced on this connection; from now on it has. */
  introduce(fn: KnownFunction): boolean {
    if (this.#introduced.has(fn.id)) return false;
    this.#introduced.add(fn.id);
    return true;
  }
}
