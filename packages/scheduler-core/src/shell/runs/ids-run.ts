import type { MessageRun } from '@grid/rpc';

/** A batch of client numbers about which there is one thing to say. */
export class IdsRun implements MessageRun {
  readonly op: 'keys-lost' | 'keys-retried';
  readonly #ids: number[] = [];

  constructor(op: 'keys-lost' | 'keys-retried') {
    this.op = op;
  }

  get byteLength(): number {
    return this.#ids.length * 8;
  }

  add(id: number): void {
    this.#ids.push(id);
  }

  finish(): { readonly op: 'keys-lost' | 'keys-retried'; readonly ids: readonly number[] } {
    return { op: this.op, ids: this.#ids };
  }
}
