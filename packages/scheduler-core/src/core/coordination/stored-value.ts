import { payloadBytes } from '@grid/protocol';

import type { Budget } from './budget.js';
import type { CallFailure, CoordinationOutput, HeldValue } from './coordination-output.js';
import type { Party } from './party.js';

/** A value that the scheduler keeps, and its hold of the tasks in it; 0: there are none. */
export interface StoredValue {
  readonly value: HeldValue;
  readonly hold: number;
  readonly bytes: number;
}

/** Values in, values out: counts their bytes and holds the tasks that they refer to. */
export class ValueKeeper {
  readonly #budget: Budget;
  readonly #out: CoordinationOutput;

  constructor(budget: Budget, out: CoordinationOutput) {
    this.#budget = budget;
    this.#out = out;
  }

  /** Takes values, all or none; `undefined` if there is no room. */
  store(values: readonly HeldValue[]): StoredValue[] | undefined {
    const stored: StoredValue[] = [];
    for (const value of values) {
      const bytes = payloadBytes(value.payload);
      if (!this.#budget.take(bytes)) {
        for (const before of stored) this.drop(before);
        return undefined;
      }
      stored.push({ value, bytes, hold: value.keys.length === 0 ? 0 : this.#out.hold(value.keys) });
    }
    return stored;
  }

  drop({ bytes, hold }: StoredValue): void {
    this.#budget.give(bytes);
    if (hold !== 0) this.#out.release(hold);
  }

  /** Answers with values that stay here: who asked gets holds of its own, until it confirms the answer. */
  show(party: Party, call: number, stored: readonly StoredValue[]): void {
    const holds = stored.flatMap(({ value }) => (value.keys.length === 0 ? [] : [this.#out.hold(value.keys)]));
    this.#answer(party, call, stored, holds);
  }

  /** Answers with values that are not kept any more; their holds go over to who asked, until it confirms the answer. */
  handOver(party: Party, call: number, stored: readonly StoredValue[]): void {
    for (const { bytes } of stored) this.#budget.give(bytes);
    const holds = stored.flatMap(({ hold }) => (hold === 0 ? [] : [hold]));
    this.#answer(party, call, stored, holds);
  }

  #answer(party: Party, call: number, stored: readonly StoredValue[], holds: readonly number[]): void {
    if (holds.length > 0) party.unconfirmed.set(call, holds);
    this.#out.answer(party, call, { value: stored.length, values: stored.map(({ value }) => value) });
  }
}

export function full(name: string, budget: Budget): CallFailure {
  return {
    code: 'GRID_SCHEDULER_COORDINATION_FULL',
    message: `there is no room for more at '${name}': values at names may have ${String(budget.max)} bytes in all; put futures of large data there, and take out what is not needed`,
  };
}
