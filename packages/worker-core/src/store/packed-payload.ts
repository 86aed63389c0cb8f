import type { Payload } from '@grid/protocol';

const NO_BUFFERS: readonly Uint8Array[] = [];

/**
 * A small value inside a block that holds many. The view of its bytes is made when somebody asks: most results are kept
 * and dropped without that, and a view costs more memory than such a value.
 */
export class PackedPayload implements Payload {
  readonly #block: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(block: Uint8Array, start: number, end: number) {
    this.#block = block;
    this.#start = start;
    this.#end = end;
  }

  get body(): Uint8Array {
    return this.#block.subarray(this.#start, this.#end);
  }

  get buffers(): readonly Uint8Array[] {
    return NO_BUFFERS;
  }

  get nbytes(): number {
    return this.#end - this.#start;
  }
}
