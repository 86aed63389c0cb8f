import type { Budget } from './budget.js';
import type { CoordinationOutput, HeldValue } from './coordination-output.js';
import type { Party } from './party.js';
import { full, type StoredValue, type ValueKeeper } from './stored-value.js';

/** Values with their tasks that any client finds by name. They stay until they are taken down. */
export class Datasets {
  readonly #byName = new Map<string, StoredValue>();
  readonly #keeper: ValueKeeper;
  readonly #budget: Budget;
  readonly #out: CoordinationOutput;

  constructor(keeper: ValueKeeper, budget: Budget, out: CoordinationOutput) {
    this.#keeper = keeper;
    this.#budget = budget;
    this.#out = out;
  }

  get size(): number {
    return this.#byName.size;
  }

  publish(party: Party, call: number, wish: { name: string; value: HeldValue; override: boolean }): void {
    const { name, value, override } = wish;
    const before = this.#byName.get(name);
    if (before !== undefined && !override) {
      const message = `a dataset '${name}' is published already; say override, or take it down first`;
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_NAME_TAKEN', message });
      return;
    }
    const stored = this.#keeper.store([value])?.[0];
    if (stored === undefined) {
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    if (before !== undefined) this.#keeper.drop(before);
    this.#byName.set(name, stored);
    this.#out.answer(party, call, { value: 1 });
  }

  get(party: Party, call: number, name: string): void {
    const stored = this.#byName.get(name);
    if (stored !== undefined) {
      this.#keeper.show(party, call, [stored]);
      return;
    }
    const message = `no dataset '${name}' is published`;
    this.#out.fail(party, call, { code: 'GRID_SCHEDULER_UNKNOWN_NAME', message });
  }

  list(party: Party, call: number): void {
    this.#out.answer(party, call, { value: this.#byName.size, texts: [...this.#byName.keys()].sort() });
  }

  unpublish(party: Party, call: number, name: string): void {
    const stored = this.#byName.get(name);
    if (stored !== undefined) {
      this.#byName.delete(name);
      this.#keeper.drop(stored);
    }
    this.#out.answer(party, call, { value: stored === undefined ? 0 : 1 });
  }
}
