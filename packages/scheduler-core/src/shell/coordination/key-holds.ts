import { textColumn } from '@grid/protocol';

import type { ClientRecord } from '../../core/records.js';
import type { Stimulus } from '../../core/stimulus.js';

/** Keeps results of tasks for values that refer to them: to the core each hold is a client that listens to nothing. */
export class KeyHolds {
  readonly #stimulate: (stimulus: Stimulus) => void;
  readonly #holders = new Map<number, ClientRecord>();
  #last = 0;

  constructor(stimulate: (stimulus: Stimulus) => void) {
    this.#stimulate = stimulate;
  }

  get size(): number {
    return this.#holders.size;
  }

  hold(keys: readonly string[]): number {
    const number = (this.#last += 1);
    this.#stimulate({
      op: 'add-client',
      name: `hold ${String(number)}`,
      isListening: false,
      onRecord: (client) => void this.#holders.set(number, client),
    });
    const client = this.#holders.get(number);
    if (client === undefined) return number;
    const ids = keys.map((_, row) => row);
    this.#stimulate({ op: 'client-desires-keys', client, ids, keys: textColumn(keys) });
    return number;
  }

  release(hold: number): void {
    const client = this.#holders.get(hold);
    if (client === undefined) return;
    this.#holders.delete(hold);
    this.#stimulate({ op: 'remove-client', client });
  }
}
