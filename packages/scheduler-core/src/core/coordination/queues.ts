import type { Budget } from './budget.js';
import type { CoordinationOutput, HeldValue } from './coordination-output.js';
import type { Party, Wait } from './party.js';
import { full, type StoredValue, type ValueKeeper } from './stored-value.js';

interface PutWait extends Wait {
  readonly stored: readonly StoredValue[];
}

interface GetWait extends Wait {
  readonly least: number;
  readonly most: number;
}

interface QueueState {
  readonly name: string;
  /** 0: no bound of its own. */
  capacity: number;
  readonly values: StoredValue[];
  readonly puts: Set<PutWait>;
  readonly gets: Set<GetWait>;
}

/** Which queue is meant, and how many values its user says that it has room for; 0: that does not matter. */
export interface QueueWish {
  readonly name: string;
  readonly capacity: number;
}

/**
 * Queues with names: who comes first puts first and gets first. A put of several values is taken as a whole.
 *
 * Values stay when the client that put them goes. A queue that is empty and that nobody waits for takes no room.
 */
export class Queues {
  readonly #byName = new Map<string, QueueState>();
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

  /** How many values the queue has. */
  length(name: string): number {
    return this.#byName.get(name)?.values.length ?? 0;
  }

  put(party: Party, call: number, wish: QueueWish & { readonly values: readonly HeldValue[] }): void {
    const { name, values } = wish;
    const queue = this.#queueFor(party, call, wish, values.length);
    if (queue === undefined) return;
    const stored = this.#keeper.store(values);
    if (stored === undefined) {
      this.#forgetIfIdle(queue);
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    const wait: PutWait = {
      party,
      call,
      stored,
      leave: () => {
        queue.puts.delete(wait);
        for (const value of stored) this.#keeper.drop(value);
        // Who stood behind it may have asked for less.
        this.#pump(queue);
      },
    };
    queue.puts.add(wait);
    party.waits.set(call, wait);
    this.#pump(queue);
  }

  get(party: Party, call: number, wish: QueueWish & { readonly least: number; readonly most: number }): void {
    const { least, most } = wish;
    const queue = this.#queueFor(party, call, wish, least);
    if (queue === undefined) return;
    if (least === 0 && queue.gets.size > 0) {
      // Others were here before, and there is not enough for them.
      this.#out.answer(party, call, { value: 0 });
      return;
    }
    const wait: GetWait = {
      party,
      call,
      least,
      most,
      leave: () => {
        queue.gets.delete(wait);
        this.#pump(queue);
      },
    };
    queue.gets.add(wait);
    party.waits.set(call, wait);
    this.#pump(queue);
  }

  /** Puts values to the front, whatever the capacity: they were here before. */
  putBack(party: Party, call: number, name: string, values: readonly HeldValue[]): void {
    const stored = this.#keeper.store(values);
    if (stored === undefined) {
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    const queue = this.#byName.get(name) ?? this.#create(name, 0);
    queue.values.unshift(...stored);
    this.#out.answer(party, call, { value: queue.values.length });
    this.#pump(queue);
  }

  close(party: Party, call: number, name: string): void {
    const queue = this.#byName.get(name);
    if (queue !== undefined) {
      this.#byName.delete(name);
      for (const value of queue.values.splice(0)) this.#keeper.drop(value);
      for (const wait of [...queue.puts, ...queue.gets]) {
        wait.party.waits.delete(wait.call);
        this.#out.fail(wait.party, wait.call, {
          code: 'GRID_SCHEDULER_NAME_CLOSED',
          message: `the queue '${name}' was closed`,
        });
      }
      for (const { stored } of queue.puts) for (const value of stored) this.#keeper.drop(value);
    }
    this.#out.answer(party, call, { value: 1 });
  }

  /** The queue, made if need be; `undefined` if the call failed. */
  #queueFor(party: Party, call: number, { name, capacity }: QueueWish, count: number): QueueState | undefined {
    const known = this.#byName.get(name);
    const bound = known === undefined || known.capacity === 0 ? capacity : known.capacity;
    if (capacity !== 0 && bound !== capacity) {
      const message = `the queue '${name}' has room for ${String(bound)} values, not ${String(capacity)}; all who use it have to agree`;
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_CAPACITY_DIFFERS', message });
      return undefined;
    }
    if (bound !== 0 && count > bound) {
      const message = `the queue '${name}' has room for ${String(bound)} values and never has ${String(count)} at a time`;
      this.#out.fail(party, call, { code: 'GRID_SCHEDULER_BAD_REQUEST', message });
      return undefined;
    }
    const queue = known ?? this.#create(name, bound);
    queue.capacity = bound;
    return queue;
  }

  #create(name: string, capacity: number): QueueState {
    const queue = { name, capacity, values: [], puts: new Set<PutWait>(), gets: new Set<GetWait>() };
    this.#byName.set(name, queue);
    return queue;
  }

  /** Lets values in and out for as long as the first of either line can go on. */
  #pump(queue: QueueState): void {
    while (this.#letOut(queue) || this.#letIn(queue));
    this.#forgetIfIdle(queue);
  }

  #letOut(queue: QueueState): boolean {
    const [get] = queue.gets;
    if (get === undefined || queue.values.length < get.least) return false;
    queue.gets.delete(get);
    get.party.waits.delete(get.call);
    this.#keeper.handOver(get.party, get.call, queue.values.splice(0, get.most));
    return true;
  }

  #letIn(queue: QueueState): boolean {
    const [put] = queue.puts;
    if (put === undefined) return false;
    if (queue.capacity !== 0 && queue.values.length + put.stored.length > queue.capacity) return false;
    queue.puts.delete(put);
    put.party.waits.delete(put.call);
    queue.values.push(...put.stored);
    this.#out.answer(put.party, put.call, { value: queue.values.length });
    return true;
  }

  #forgetIfIdle(queue: QueueState): void {
    if (queue.values.length + queue.puts.size + queue.gets.size > 0) return;
    if (this.#byName.get(queue.name) === queue) this.#byName.delete(queue.name);
  }
}
