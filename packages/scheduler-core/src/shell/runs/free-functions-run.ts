import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

/** A batch of functions that no task of a worker needs any more, and of code that none of its functions does. */
export class FreeFunctionsRun implements MessageRun {
  readonly op = 'free-functions';
  readonly #functionIds: number[] = [];
  readonly #unitHashes: string[] = [];

  get byteLength(): number {
    return this.#functionIds.length * 8 + this.#unitHashes.length * 70;
  }

  addFunction(functionId: number): void {
    this.#functionIds.push(functionId);
  }

  addUnit(hash: string): void {
    this.#unitHashes.push(hash);
  }

  finish(): MessageWith<'free-functions'> {
    return { op: this.op, functionIds: this.#functionIds, unitHashes: this.#unitHashes };
  }
}
