import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Answer, CallFailure, CoordinationOutput, HeldValue } from './coordination-output.js';
import { CoordinationState, type PartyCall } from './coordination-state.js';
import { createParty, type Party } from './party.js';
import type { TopicEvent } from './topic-event.js';

const NAMES = ['a', 'b', 'c'];
const BYTES_MAX = 20_000;

type Outcome = Answer | CallFailure | 'abandoned';

/** Drives the core and keeps what came of each call. */
class World implements CoordinationOutput {
  readonly state = new CoordinationState(BYTES_MAX, this);
  readonly outcomes = new Map<Party, Map<number, Outcome>>();
  readonly order: { readonly party: Party; readonly call: number }[] = [];
  readonly holds = new Set<number>();
  readonly heard = new Map<Party, number[]>();
  readonly parties: Party[] = [];
  #lastHold = 0;
  #lastCall = 0;

  constructor(count: number) {
    for (let id = 0; id < count; id += 1) this.#join(id);
  }

  say(index: number, body: object): number {
    const call = (this.#lastCall += 1);
    this.state.take(this.party(index), { ...body, party: 0, call } as PartyCall, 0);
    return call;
  }

  party(index: number): Party {
    return this.parties[index] as Party;
  }

  /** A party goes, and another one takes its place. */
  replace(index: number): void {
    this.state.end(this.party(index));
    this.#join(index);
  }

  outcomeOf(index: number, call: number): Outcome | undefined {
    return this.outcomes.get(this.party(index))?.get(call);
  }

  answer(party: Party, call: number, answer: Answer): void {
    this.#note(party, call, answer);
  }
  fail(party: Party, call: number, failure: CallFailure): void {
    this.#note(party, call, failure);
  }
  abandoned(party: Party, call: number): void {
    this.#note(party, call, 'abandoned');
  }
  leasesLost(): void {}
  topicMessage(party: Party, _name: string, { payload }: TopicEvent): void {
    const heard = this.heard.get(party) ?? [];
    heard.push(payload.body[1] ?? -1);
    this.heard.set(party, heard);
  }
  hold(): number {
    this.holds.add((this.#lastHold += 1));
    return this.#lastHold;
  }
  release(hold: number): void {
    if (!this.holds.delete(hold)) throw new RangeError(`hold ${String(hold)} was released twice`);
  }

  #join(index: number): void {
    const party = createParty(index, true, 0);
    this.parties[index] = party;
    this.outcomes.set(party, new Map());
  }

  #note(party: Party, call: number, outcome: Outcome): void {
    const outcomes = this.outcomes.get(party);
    if (outcomes === undefined || outcomes.has(call)) throw new RangeError(`call ${String(call)} was answered twice`);
    outcomes.set(call, outcome);
    this.order.push({ party, call });
  }
}

const value = (n: number, keys: readonly string[] = []): HeldValue => ({
  payload: { body: Uint8Array.of(0, n), buffers: [] },
  keys,
});

const numbersOf = (outcome: Outcome | undefined): number[] =>
  typeof outcome === 'object' && 'values' in outcome
    ? (outcome.values ?? []).map(({ payload }) => payload.body[1] ?? -1)
    : [];

const party = fc.nat({ max: 3 });
const name = fc.constantFrom(...NAMES);
const names = fc.uniqueArray(name, { minLength: 1 });

type Step =
  | { readonly do: 'say'; readonly party: number; readonly body: object }
  | { readonly do: 'abandon' | 'release' | 'confirm'; readonly party: number; readonly nth: number }
  | { readonly do: 'replace' | 'expire'; readonly party: number };

const say = (body: fc.Arbitrary<object>): fc.Arbitrary<Step> => fc.record({ do: fc.constant('say'), party, body });
const step: fc.Arbitrary<Step> = fc.oneof(
  say(fc.record({ op: fc.constantFrom('event-set', 'event-clear', 'event-wait', 'event-is-set'), name })),
  say(
    fc
      .tuple(names, fc.nat())
      .map(([all, n]) => ({ op: 'acquire-lease', names: all, count: 1 + (n % all.length), capacity: 2 })),
  ),
  say(
    fc.record({
      op: fc.constant('queue-put'),
      name,
      capacity: fc.constant(3),
      values: fc.array(
        fc.nat({ max: 255 }).map((n) => value(n, n % 2 === 0 ? ['k'] : [])),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  ),
  say(
    fc
      .tuple(name, fc.nat({ max: 3 }), fc.nat({ max: 3 }))
      .map(([queue, least, more]) => ({ op: 'queue-get', name: queue, capacity: 3, least, most: least + more })),
  ),
  say(fc.record({ op: fc.constantFrom('queue-close', 'queue-size', 'variable-get', 'variable-delete'), name })),
  say(fc.record({ op: fc.constant('variable-set'), name, value: fc.constant(value(1, ['k'])) })),
  fc.record({ do: fc.constantFrom('abandon', 'release', 'confirm'), party, nth: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constantFrom('replace', 'expire'), party }),
);

function take(world: World, step: Step): void {
  const who = world.party(step.party);
  const pick = (calls: Iterable<number>, nth: number): number => [...calls].at(nth % 3) ?? 0;
  switch (step.do) {
    case 'say':
      world.say(step.party, step.body);
      return;
    case 'abandon':
      world.state.take(who, { op: 'abandon-call', party: 0, call: pick(who.waits.keys(), step.nth) }, 0);
      return;
    case 'confirm':
      world.state.take(who, { op: 'confirm-answer', party: 0, call: pick(who.unconfirmed.keys(), step.nth) }, 0);
      return;
    case 'release':
      world.say(step.party, { op: 'release-lease', lease: pick(who.leases.keys(), step.nth) });
      return;
    case 'replace':
      world.replace(step.party);
      return;
    case 'expire':
      world.state.expire(who, 100, 50);
  }
}

function check(world: World): void {
  for (const at of NAMES) {
    const held = world.parties.reduce(
      (sum, { leases }) => sum + [...leases.values()].filter((lease) => lease.names.includes(at)).length,
      0,
    );
    expect(world.state.leases.held(at)).toBe(held);
    expect(held).toBeLessThanOrEqual(2);
  }
}

describe('coordination', () => {
  it('answers each call at most once, never gives more leases than there are, and forgets all when all are gone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World(4);
        for (const one of steps) {
          take(world, one);
          check(world);
        }
        for (let index = 0; index < 4; index += 1) world.replace(index);
        for (const at of NAMES) {
          world.say(0, { op: 'event-clear', name: at });
          world.say(0, { op: 'queue-close', name: at });
          world.say(0, { op: 'variable-delete', name: at });
        }
        const { state } = world;
        expect([state.events.size, state.leases.size, state.queues.size, state.variables.size]).toEqual([0, 0, 0, 0]);
        expect(state.budget.used).toBe(0);
        expect(world.holds.size).toBe(0);
      }),
    );
  });

  it('gives every lease that is waited for in the end, if those that are held are given back', () => {
    const wish = fc.tuple(party, names, fc.nat());
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 30 }), (wishes) => {
        const world = new World(4);
        const calls = wishes.map(([who, all, n]) => ({
          who,
          call: world.say(who, { op: 'acquire-lease', names: all, count: 1 + (n % all.length), capacity: 2 }),
        }));
        for (let round = 0; round <= wishes.length; round += 1) {
          for (const one of world.parties) for (const lease of [...one.leases.values()]) world.state.leases.drop(lease);
        }
        for (const { who, call } of calls) expect(world.outcomeOf(who, call)).toHaveProperty('texts');
        expect(world.state.leases.size).toBe(0);
      }),
    );
  });

  it('gives one name to those who ask in the order of asking', () => {
    fc.assert(
      fc.property(fc.array(party, { maxLength: 20 }), (askers) => {
        const world = new World(4);
        const wish = { op: 'acquire-lease', names: ['a'], count: 1, capacity: 1 };
        const calls = askers.map((who) => world.say(who, wish));
        const granted: number[] = [];
        for (const who of askers) {
          const [lease] = world.party(who).leases.values();
          expect(lease).toBeDefined();
          if (lease === undefined) return;
          granted.push(lease.call);
          world.state.leases.drop(lease);
        }
        expect(granted).toEqual(calls);
      }),
    );
  });

  it('brings out of a queue what went in, in order, whoever gives up between', () => {
    const move = fc.record({
      do: fc.constantFrom('put', 'get', 'abandon'),
      party,
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const world = new World(4);
        let next = 0;
        const puts: { who: number; call: number; values: number[] }[] = [];
        const gets: { who: number; call: number }[] = [];
        for (const { do: what, party: who, count } of moves) {
          if (what === 'put') {
            const values = Array.from({ length: count }, () => next++);
            const body = { op: 'queue-put', name: 'q', capacity: 4, values: values.map((n) => value(n)) };
            puts.push({ who, call: world.say(who, body), values });
          } else if (what === 'get') {
            const body = { op: 'queue-get', name: 'q', capacity: 4, least: count, most: count };
            gets.push({ who, call: world.say(who, body) });
          } else {
            const [call] = world.party(who).waits.keys();
            if (call !== undefined) world.state.take(world.party(who), { op: 'abandon-call', party: 0, call }, 0);
          }
        }
        // In the order in which they were let out, then what is left.
        const isGet = new Set(gets.map(({ call }) => call));
        const out = world.order.flatMap(({ party: who, call }) =>
          isGet.has(call) ? numbersOf(world.outcomes.get(who)?.get(call)) : [],
        );
        const rest = world.say(0, { op: 'queue-get', name: 'q', capacity: 4, least: 0, most: 99 });
        const left = numbersOf(world.outcomeOf(0, rest));
        const taken = puts.filter(({ who, call }) => typeof world.outcomeOf(who, call) === 'object');
        const all = taken.flatMap(({ values }) => values);
        expect(all.slice(0, out.length + left.length)).toEqual([...out, ...left]);
      }),
    );
  });

  it('refuses what does not fit into its room, and takes it once there is room again', () => {
    const world = new World(1);
    const large = { payload: { body: new Uint8Array(BYTES_MAX - 1000), buffers: [] }, keys: ['k'] };
    const first = world.say(0, { op: 'variable-set', name: 'v', value: large });
    const second = world.say(0, { op: 'queue-put', name: 'q', capacity: 0, values: [value(1), large] });
    expect(world.outcomeOf(0, first)).toEqual({ value: 1 });
    expect(world.outcomeOf(0, second)).toMatchObject({ code: 'GRID_SCHEDULER_COORDINATION_FULL' });
    world.say(0, { op: 'variable-delete', name: 'v' });
    const third = world.say(0, { op: 'queue-put', name: 'q', capacity: 0, values: [value(1), large] });
    expect(world.outcomeOf(0, third)).toEqual({ value: 2 });
  });
});

describe('topics, datasets and metadata', () => {
  const world = (): World => new World(3);
  const publish = (name: string, n: number, keep = true): object => ({
    op: 'publish-topic',
    name,
    payload: value(n).payload,
    keep,
  });

  it('tells those who listen, in order, and nobody who has left', () => {
    const one = world();
    const [first, second] = [one.party(0), one.party(1)];
    one.say(0, { op: 'subscribe-topic', name: 't' });
    one.say(1, { op: 'subscribe-topic', name: 't' });
    one.say(2, publish('t', 1, false));
    one.say(0, { op: 'unsubscribe-topic', name: 't' });
    one.say(2, publish('t', 2, false));
    one.replace(1);
    one.say(2, publish('t', 3, false));
    expect([one.heard.get(first), one.heard.get(second)]).toEqual([[1], [1, 2]]);
    expect(one.state.topics.size).toBe(0);
  });

  it('keeps the last events of a topic, and forgets the oldest for want of room', () => {
    const one = world();
    for (let n = 0; n < 200; n += 1) one.say(0, publish('t', n));
    const read = one.say(0, { op: 'read-topic', name: 't' });
    const numbers = numbersOf(one.outcomeOf(0, read));
    expect(numbers.at(-1)).toBe(199);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => 200 - numbers.length + index));
    expect(one.state.budget.used).toBeLessThanOrEqual(BYTES_MAX);
  });

  it('keeps a dataset and its tasks until it is taken down or overridden', () => {
    const one = world();
    const first = one.say(0, { op: 'publish-dataset', name: 'd', value: value(1, ['k']), override: false });
    const second = one.say(1, { op: 'publish-dataset', name: 'd', value: value(2), override: false });
    expect(one.outcomeOf(0, first)).toEqual({ value: 1 });
    expect(one.outcomeOf(1, second)).toMatchObject({ code: 'GRID_SCHEDULER_NAME_TAKEN' });
    one.replace(0);
    expect(one.holds.size).toBe(1);
    one.say(1, { op: 'publish-dataset', name: 'd', value: value(2), override: true });
    expect(one.holds.size).toBe(0);
    expect(numbersOf(one.outcomeOf(2, one.say(2, { op: 'get-dataset', name: 'd' })))).toEqual([2]);
    one.say(1, { op: 'unpublish-dataset', name: 'd' });
    expect(one.outcomeOf(2, one.say(2, { op: 'get-dataset', name: 'd' }))).toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_NAME',
    });
    expect(one.state.budget.used).toBe(0);
  });

  it('finds metadata by any part of its path, and pays for what is there, not for what was', () => {
    const one = world();
    const set = (path: string[], fact: unknown): void =>
      void one.say(0, { op: 'set-metadata', path, data: { value: fact } });
    const get = (path: string[]): unknown => {
      const outcome = one.outcomeOf(0, one.say(0, { op: 'get-metadata', path }));
      return typeof outcome === 'object' && 'data' in outcome ? outcome.data?.['value'] : undefined;
    };
    set(['a', 'b'], 1);
    set(['a', 'c'], { d: [2] });
    expect([get(['a']), get(['a', 'c', 'd']), get(['x'])]).toEqual([{ b: 1, c: { d: [2] } }, [2], undefined]);
    const used = one.state.budget.used;
    for (let n = 0; n < 100; n += 1) set(['a', 'b'], n % 10);
    expect(one.state.budget.used).toBe(used);
    set(['a'], 5);
    expect(get(['a', 'b'])).toBeUndefined();
  });
});
