import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorInfo, isActor, Lock, Queue, taskErrorInfo, Variable, type Actor, type Future } from '@grid/client';
import { getClient } from '@grid/client/task';

import { Gate, holdAtGate } from './support/gate.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

class Counter {
  total: number;
  readonly log: string[] = [];

  constructor(start = 0) {
    this.total = start;
  }

  get double(): number {
    return this.total * 2;
  }

  add(n: number): number {
    this.total += n;
    return this.total;
  }

  fail(text: string): never {
    throw new RangeError(text);
  }

  async note(text: string, ms: number): Promise<string> {
    this.log.push(`${text} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.log.push(`${text} ends`);
    return text;
  }
}

/** Holds on to what it is given. */
class Keeper {
  #kept: unknown;

  keep(value: unknown): void {
    this.#kept = value;
  }

  give(): unknown {
    return this.#kept;
  }

  async forward(n: number): Promise<number> {
    return (this.#kept as Actor<Counter>).add(n);
  }

  async read(): Promise<unknown> {
    return (this.#kept as Future<unknown>).result();
  }

  apply(fn: (n: number) => number, n: number): number {
    return fn(n);
  }

  async submit(n: number): Promise<Future<number>> {
    return getClient().submit((x: number) => x * x, [n]);
  }

  async locked(name: string): Promise<number> {
    const lease = await new Lock(name).acquire();
    await lease.release();
    return 1;
  }

  hold(gateFile: string): string {
    return holdAtGate(gateFile, 'held');
  }

  exit(): void {
    process.exit(3);
  }
}

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

describe('an actor', () => {
  it('keeps its state between calls, which are made in the order in which they were asked for', async () => {
    using future = rig.client.submit(Counter, [10], { actor: true });
    using counter = await future.result();
    expect(await counter.add(5)).toBe(15);
    const calls = Array.from({ length: 1000 }, (_, i) => counter.add(i));
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => 15 + (i * (i + 1)) / 2));
  });

  it('has attributes that can be read, and getters', async () => {
    using counter = await rig.client.submit(Counter, [21], { actor: true }).result();
    expect([await counter.total, await counter.double, await counter.log]).toEqual([21, 42, []]);
  });

  it('says what it is, and where', async () => {
    using future = rig.client.submit(Counter, [], { actor: true });
    using counter = await future.result();
    expect(isActor(counter)).toBe(true);
    const { key, worker, className } = actorInfo(counter);
    expect(key).toBe(future.key);
    expect(Object.keys(await rig.client.nthreads())).toContain(worker);
    expect(className).toBe('Counter');
  });

  it('throws what its method throws, with a stack in the user’s own file', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const error = (await rejection(counter.fail('too far').result())) as RangeError;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('too far');
    expect(error.stack).toContain('actors.test');
    expect(taskErrorInfo(error)).toEqual({ key: actorInfo(counter).key, worker: actorInfo(counter).worker });
    expect(await counter.add(1)).toBe(1);
  });

  it('runs other calls while an async one waits', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const slow = counter.note('slow', 200);
    const quick = counter.note('quick', 1);
    expect(await quick).toBe('quick');
    expect(await slow).toBe('slow');
    expect(await counter.log).toEqual(['slow begins', 'quick begins', 'quick ends', 'slow ends']);
  });

  it('can be used by tasks, to which its handle is an argument', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const work = async (actor: Actor<Counter>, n: number): Promise<number> => actor.add(n);
    const futures = rig.client.starmap(
      work,
      [1, 2, 3, 4].map((n) => [counter, n] as const),
    );
    await rig.client.gather(futures);
    expect(await counter.total).toBe(10);
  });
});

describe('what goes to an actor and comes back', () => {
  it('is passed by value, functions and typed arrays too', async () => {
    using keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    const by = 7;
    expect(await keeper.apply((n) => n * by, 6)).toBe(42);
    const values = new Float64Array(100_000).map((_, i) => i);
    await keeper.keep(values);
    values[0] = 99;
    const back = (await keeper.give()) as Float64Array;
    expect([back.length, back[0], back.at(-1)]).toEqual([100_000, 0, 99_999]);
  });

  it('may be a future, which the actor then holds itself', async () => {
    using keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    const future = rig.client.submit((n: number) => n + 1, [41]);
    const kept = keeper.keep(future);
    future.release();
    await kept;
    expect(await keeper.read()).toBe(42);
  });

  it('may be a future that the actor has made, which outlives its call', async () => {
    using keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    using future = await keeper.submit(12);
    expect(await future.result()).toBe(144);
  });

  it('may be a handle of another actor, which it then calls, wherever that lives', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const workers = Object.keys(await rig.client.nthreads());
    for (const workers_ of workers) {
      using keeper = await rig.client.submit(Keeper, [], { actor: true, workers: workers_ }).result();
      await keeper.keep(counter);
      expect(await keeper.forward(3)).toBeGreaterThanOrEqual(3);
      const again = (await keeper.give()) as Actor<Counter>;
      expect(isActor(again)).toBe(true);
      expect(await again.add(0)).toBe(await counter.total);
    }
    expect(await counter.total).toBe(6);
  });

  it('goes through queues and variables as handles do', async () => {
    using counter = await rig.client.submit(Counter, [5], { actor: true }).result();
    const queue = new Queue<{ counter: Actor<Counter> }>('actors-queue');
    await queue.put({ counter });
    const variable = new Variable<Actor<Counter>>('actors-variable');
    await variable.set(counter);
    const taken = await queue.get();
    expect(await taken.counter.add(1)).toBe(6);
    const seen = await rig.client
      .submit(async (name: string) => (await new Variable<Actor<Counter>>(name).get()).add(1), ['actors-variable'])
      .result();
    expect(seen).toBe(7);
    await variable.delete();
  });

  it('may be a task’s: a task that makes an actor gives its handle, nested in its result', async () => {
    using made = rig.client.submit(
      async (Class: typeof Counter) => {
        const counter = await getClient().submit(Class, [1], { actor: true }).result();
        return { counter, at: await counter.total };
      },
      [Counter] as const,
    );
    const { counter, at } = await made.result();
    expect(at).toBe(1);
    expect(await counter.add(1)).toBe(2);
  });

  it('holds locks as tasks do', async () => {
    using keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    expect(await Promise.all([keeper.locked('actors-lock'), keeper.locked('actors-lock')])).toEqual([1, 1]);
  });
});

describe('the life of an actor', () => {
  it('ends with its last handle and future', async () => {
    const future = rig.client.submit(Counter, [], { actor: true, key: 'short-lived' });
    const counter = await future.result();
    future.release();
    expect(await counter.add(1)).toBe(1);
    expect(await rig.client.whoHas()).toHaveProperty('short-lived');
    counter[Symbol.dispose]();
    await until('it is forgotten', async () => !('short-lived' in (await rig.client.whoHas())));
    expect(() => counter.add(1)).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_CANCELLED' }));
  });

  it('does not end before its last call, though nobody waits for that', async () => {
    using other = await rig.client.submit(Counter, [], { actor: true }).result();
    const keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    await keeper.keep(other);
    using folder = new TempFolder();
    const gate = new Gate(folder.file('gate'));
    void keeper.hold(gate.file);
    void keeper.forward(4);
    keeper[Symbol.dispose]();
    gate.open();
    await until('the call was made', async () => (await other.total) === 4);
  });

  it('begins with a function as well as with a class, also with one that takes its time', async () => {
    const make = async (start: number): Promise<{ next(): number }> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      let at = start;
      return { next: () => (at += 1) };
    };
    using counter = await rig.client.submit(make, [5], { actor: true }).result();
    expect([await counter.next(), await counter.next()]).toEqual([6, 7]);
  });

  it('never begins if its constructor throws', async () => {
    class Broken {
      constructor(readonly n: number) {
        throw new RangeError('cannot be built');
      }
    }
    using future = rig.client.submit(Broken, [1], { actor: true });
    await expect(future.result()).rejects.toThrow('cannot be built');
    using number = rig.client.submit((() => 5) as unknown as () => object, [], { actor: true });
    await expect(number.result()).rejects.toThrow(/made number/);
  });

  it('takes place where there are the fewest of them', async () => {
    const counters = await Promise.all(
      rig.client.map(Counter, [1, 2, 3, 4], { actor: true }).map(async (future) => future.result()),
    );
    const places = new Set(counters.map((counter) => actorInfo(counter).worker));
    expect(places.size).toBe(2);
    expect(await Promise.all(counters.map(async (counter) => counter.total))).toEqual([1, 2, 3, 4]);
    for (const counter of counters) counter[Symbol.dispose]();
  });

  it('ends when its code ends its thread, and calls say so', async () => {
    using future = rig.client.submit(Keeper, [], { actor: true });
    using keeper = await future.result();
    await expect(keeper.exit()).rejects.toMatchObject({ code: 'GRID_ACTOR_LOST' });
    await until('the future says so', () => future.status === 'error');
    expect(() => keeper.give()).toThrow(expect.objectContaining({ code: 'GRID_ACTOR_LOST' }));
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_ACTOR_LOST' });
  });
});

describe('waiting for a call', () => {
  it('ends at its time limit, and the call goes on', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const slow = counter.note('slow', 150);
    await expect(slow.result({ timeout: 20 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_TIMEOUT',
      message: expect.stringContaining('Counter.note'),
    });
    expect(await slow).toBe('slow');
  });

  it('ends when the call is cancelled, which is not made if it has not begun', async () => {
    using keeper = await rig.client.submit(Keeper, [], { actor: true }).result();
    using folder = new TempFolder();
    const gate = new Gate(folder.file('gate'));
    const busy = keeper.hold(gate.file);
    const unwanted = keeper.keep('unwanted');
    const wanted = keeper.give();
    unwanted.cancel();
    await expect(unwanted.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
    // A question on the same line: the worker has heard of the cancellation when it is answered.
    using other = await rig.client.submit(Counter, [], { actor: true, workers: actorInfo(keeper).worker }).result();
    expect(await other.add(1)).toBe(1);
    gate.open();
    expect(await busy).toBe('held');
    expect(await wanted).toBeUndefined();
  });

  it('does not keep a task’s slot from the tasks that the actor waits for', async () => {
    class Asker {
      async ask(n: number): Promise<number> {
        return getClient()
          .submit((x: number) => x + 1, [n])
          .result();
      }
    }
    using asker = await rig.client.submit(Asker, [], { actor: true }).result();
    const ask = async (actor: Actor<Asker>, n: number): Promise<number> => actor.ask(n);
    const futures = rig.client.starmap(
      ask,
      Array.from({ length: 20 }, (_, n) => [asker, n] as const),
      { pure: false },
    );
    expect(await rig.client.gather(futures, { timeout: 20_000 })).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });
});
