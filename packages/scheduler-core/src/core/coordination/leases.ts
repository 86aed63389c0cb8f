import type { CoordinationOutput } from './coordination-output.js';
import type { Lease, Party, Wait } from './party.js';

interface NameState {
  readonly capacity: number;
  held: number;
  /** In the order of asking. */
  readonly waits: Set<LeaseWait>;
}

/** Somebody who waits for a lease of `count` of the names. Until it has all of them it holds none. */
interface LeaseWait extends Wait {
  readonly names: readonly string[];
  readonly count: number;
}

/** What is asked for; see `acquire-lease`. */
export interface LeaseWish {
  readonly names: readonly string[];
  readonly count: number;
  readonly capacity: number;
}

/**
 * Names that only so many may hold at a time: locks, semaphores, and locks of several names at once.
 *
 * First come, first served at each name: whoever came earlier keeps its place in front although it waits for another
 * name as well. So nobody starves, and nobody holds one name while waiting for another, so nobody blocks another for
 * ever. Names that nobody holds or waits for take no room.
 */
export class Leases {
  readonly #byName = new Map<string, NameState>();
  readonly #out: CoordinationOutput;

  constructor(out: CoordinationOutput) {
    this.#out = out;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** How many hold the name. */
  held(name: string): number {
    return this.#byName.get(name)?.held ?? 0;
  }

  acquire(party: Party, call: number, wish: LeaseWish): void {
    const names = [...new Set(wish.names)];
    if (wish.count < 1 || wish.count > names.length) {
      const message = `a lease of ${String(wish.count)} of ${String(names.length)} names cannot be had`;
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_BAD_REQUEST', message });
      return;
    }
    const differing = names.find((name) => this.#differs(name, wish.capacity));
    if (differing !== undefined) {
      const message = `'${differing}' has ${String(this.#byName.get(differing)?.capacity)} leases, not ${String(wish.capacity)}; all who use a name have to agree`;
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_CAPACITY_DIFFERS', message });
      return;
    }
    const wait: LeaseWait = { party, call, names, count: wish.count, leave: () => this.#leave(wait) };
    for (const name of names) this.#nameFor(name, wish.capacity).waits.add(wait);
    party.waits.set(call, wait);
    this.#grant(names);
  }

  /** `false`: the party does not hold this lease. */
  release(party: Party, call: number): boolean {
    const lease = party.leases.get(call);
    if (lease === undefined) return false;
    this.drop(lease);
    return true;
  }

  /** Ends a lease. */
  drop({ party, call, names }: Lease): void {
    party.leases.delete(call);
    for (const name of names) {
      const state = this.#byName.get(name);
      if (state !== undefined) state.held -= 1;
    }
    this.#grant(names);
  }

  #differs(name: string, capacity: number): boolean {
    const known = this.#byName.get(name)?.capacity;
    return capacity !== 0 && known !== undefined && known !== capacity;
  }

  #nameFor(name: string, capacity: number): NameState {
    let state = this.#byName.get(name);
    if (state === undefined) {
      state = { capacity: Math.max(1, capacity), held: 0, waits: new Set() };
      this.#byName.set(name, state);
    }
    return state;
  }

  #leave(wait: LeaseWait): void {
    for (const name of wait.names) this.#byName.get(name)?.waits.delete(wait);
    this.#grant(wait.names);
  }

  /** Gives leases to all who can have them now that something has changed at these names. */
  #grant(changed: readonly string[]): void {
    const open = [...changed];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const state = this.#byName.get(name);
      if (state === undefined) continue;
      for (const wait of this.#inFront(state)) {
        const names = wait.names.filter((other) => this.#isInFront(wait, other)).slice(0, wait.count);
        if (names.length < wait.count) continue;
        this.#give(wait, names);
        // Others moved up wherever it stood.
        open.push(...wait.names);
        break;
      }
      if (state.held === 0 && state.waits.size === 0) this.#byName.delete(name);
    }
  }

  #give(wait: LeaseWait, names: readonly string[]): void {
    const { party, call } = wait;
    party.waits.delete(call);
    for (const name of wait.names) this.#byName.get(name)?.waits.delete(wait);
    for (const name of names) {
      const state = this.#byName.get(name);
      if (state !== undefined) state.held += 1;
    }
    party.leases.set(call, { party, call, names });
    this.#out.answer(party, call, { value: names.length, texts: names });
  }

  /** Those for whom there is a free lease of the name. */
  *#inFront({ capacity, held, waits }: NameState): Generator<LeaseWait> {
    let free = capacity - held;
    for (const wait of waits) {
      if (free <= 0) return;
      free -= 1;
      yield wait;
    }
  }

  #isInFront(wait: LeaseWait, name: string): boolean {
    const state = this.#byName.get(name);
    if (state === undefined) return false;
    for (const other of this.#inFront(state)) if (other === wait) return true;
    return false;
  }
}
