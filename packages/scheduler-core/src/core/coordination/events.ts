import type { Budget } from './budget.js';
import type { CoordinationOutput } from './coordination-output.js';
import type { Party, Wait } from './party.js';
import { full } from './stored-value.js';

interface EventState {
  isSet: boolean;
  readonly waits: Set<Wait>;
}

/** Flags with names. One that is not set and that nobody waits for takes no room. */
export class Events {
  readonly #byName = new Map<string, EventState>();
  readonly #budget: Budget;
  readonly #out: CoordinationOutput;

  constructor(budget: Budget, out: CoordinationOutput) {
    this.#budget = budget;
    this.#out = out;
  }

  get size(): number {
    return this.#byName.size;
  }

  set(party: Party, call: number, name: string): void {
    const event = this.#byName.get(name) ?? this.#create(name);
    if (!event.isSet && !this.#budget.take(0)) {
      this.#forgetIfIdle(name, event);
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    event.isSet = true;
    for (const wait of event.waits) {
      wait.party.waits.delete(wait.call);
      this.#out.answer(wait.party, wait.call, { value: 1 });
    }
    event.waits.clear();
    this.#out.answer(party, call, { value: 1 });
  }

  clear(party: Party, call: number, name: string): void {
    const event = this.#byName.get(name);
    if (event?.isSet === true) {
      event.isSet = false;
      this.#budget.give(0);
      this.#forgetIfIdle(name, event);
    }
    this.#out.answer(party, call, { value: 0 });
  }

  isSet(party: Party, call: number, name: string): void {
    this.#out.answer(party, call, { value: this.#byName.get(name)?.isSet === true ? 1 : 0 });
  }

  wait(party: Party, call: number, name: string): void {
    const event = this.#byName.get(name) ?? this.#create(name);
    if (event.isSet) {
      this.#out.answer(party, call, { value: 1 });
      return;
    }
    const wait: Wait = {
      party,
      call,
      leave: () => {
        event.waits.delete(wait);
        this.#forgetIfIdle(name, event);
      },
    };
    event.waits.add(wait);
    party.waits.set(call, wait);
  }

  #create(name: string): EventState {
    const event = { isSet: false, waits: new Set<Wait>() };
    this.#byName.set(name, event);
    return event;
  }

  #forgetIfIdle(name: string, event: EventState): void {
    if (!event.isSet && event.waits.size === 0) this.#byName.delete(name);
  }
}
