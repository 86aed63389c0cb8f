import type { Budget } from './budget.js';
import type { CoordinationOutput, HeldValue } from './coordination-output.js';
import type { Party, Wait } from './party.js';
import { full, type StoredValue, type ValueKeeper } from './stored-value.js';

interface VariableState {
  stored: StoredValue | null;
  readonly waits: Set<Wait>;
}

/** Values with names, which stay until they are replaced or deleted. */
export class Variables {
  readonly #byName = new Map<string, VariableState>();
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

  set(party: Party, call: number, name: string, value: HeldValue): void {
    // The new value is held before the old one is let go of: they may refer to the same tasks.
    const stored = this.#keeper.store([value])?.[0];
    if (stored === undefined) {
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    const variable = this.#byName.get(name) ?? this.#create(name);
    if (variable.stored !== null) this.#keeper.drop(variable.stored);
    variable.stored = stored;
    for (const wait of variable.waits) {
      wait.party.waits.delete(wait.call);
      this.#keeper.show(wait.party, wait.call, [stored]);
    }
    variable.waits.clear();
    this.#out.answer(party, call, { value: 1 });
  }

  get(party: Party, call: number, name: string): void {
    const variable = this.#byName.get(name) ?? this.#create(name);
    if (variable.stored !== null) {
      this.#keeper.show(party, call, [variable.stored]);
      return;
    }
    const wait: Wait = {
      party,
      call,
      leave: () => {
        variable.waits.delete(wait);
        if (variable.stored === null && variable.waits.size === 0) this.#byName.delete(name);
      },
    };
    variable.waits.add(wait);
    party.waits.set(call, wait);
  }

  delete(party: Party, call: number, name: string): void {
    const variable = this.#byName.get(name);
    if (variable !== undefined) {
      this.#byName.delete(name);
      if (variable.stored !== null) this.#keeper.drop(variable.stored);
      for (const wait of variable.waits) {
        wait.party.waits.delete(wait.call);
        const message = `the variable '${name}' was deleted`;
        this.#out.fail(wait.party, wait.call, { code: 'GRID_SCHEDULER_NAME_CLOSED', message });
      }
    }
    this.#out.answer(party, call, { value: 0 });
  }

  #create(name: string): VariableState {
    const variable = { stored: null, waits: new Set<Wait>() };
    this.#byName.set(name, variable);
    return variable;
  }
}
