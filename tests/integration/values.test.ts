import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Client,
  registerLazySerializer,
  registerSerializer,
  registerTokenizer,
  tokenize,
  type ResolvedArgs,
} from '@grid/client';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';

let rig: Rig;
let client: Client;
let folder: TempFolder;
let files = 0;

const newTally = (): Tally => new Tally(folder.file(`tally-${String((files += 1))}`));

/** An amount whose cents nobody sees from outside, so it needs a serializer. */
class Money {
  readonly #cents: number;

  constructor(cents: number) {
    this.#cents = cents;
  }

  plus(other: Money): Money {
    return new Money(this.#cents + other.#cents);
  }

  get cents(): number {
    return this.#cents;
  }
}

/** Something of an optional package: recognised by what it looks like. */
class Big {
  constructor(readonly digits: string) {}
}

beforeAll(async () => {
  registerSerializer(Money, {
    name: 'test.Money@1',
    serialize: (money) => ({ cents: money.cents }),
    deserialize: ({ cents }) => new Money(cents),
  });
  registerLazySerializer({
    name: 'test.Big@1',
    packageName: 'apache-arrow',
    isInstance: (value) => value instanceof Big,
    serialize: (big: Big) => big.digits,
    deserialize: (digits, module: typeof arrow) => new Big(`${digits}/${typeof module.tableFromIPC}`),
  });
  folder = new TempFolder();
  rig = await startRig();
  client = rig.client;
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function run<Args extends readonly unknown[] | [], Result>(
  fn: (...args: ResolvedArgs<Args>) => Result,
  args: Args,
): Promise<Awaited<Result>> {
  using future = client.submit(fn, args);
  return await future.result();
}

describe('registered serializers', () => {
  it('work on workers without any set-up there: as arguments, in what is captured, and as results', async () => {
    const fee = new Money(1);
    const sum = await run(
      (a: Money, b: { at: Money[] }) => a.plus(b.at[0] as Money).plus(fee),
      [new Money(3), { at: [new Money(4)] }],
    );
    expect(sum).toBeInstanceOf(Money);
    expect(sum.cents).toBe(8);
    expect((await run((cents: number) => [new Money(cents)], [5]))[0]?.cents).toBe(5);
  });

  it('work from task to task, on whichever worker, and for tasks that do not know the class', async () => {
    const made = client.map((cents: number) => new Money(cents), [1, 2, 3, 4, 5, 6]);
    const read = client.map((money: { readonly cents: number }) => money.cents, made);
    expect(await client.gather(read)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const future of [...made, ...read]) future.release();
  });

  it('work for data that is scattered, and for functions that are run outside of tasks', async () => {
    const [money] = await client.scatter([new Money(9)]);
    expect(await run((m) => m.cents, [money])).toBe(9);
    const answers = await client.run((m: Money) => m.plus(m), [new Money(2)]);
    expect(Object.values(answers).map((answer) => answer.cents)).toEqual([4, 4]);
    money.release();
  });

  it('can be made on workers by a function that is run there', async () => {
    class Local {
      constructor(readonly x: number) {}
    }
    const registered = await client.run(() => {
      registerSerializer(Local, { name: 'test.Local@1', serialize: ({ x }) => x, deserialize: (x) => new Local(x) });
      return 'registered';
    });
    expect(new Set(Object.values(registered))).toEqual(new Set(['registered']));
  });

  it('run once for a map, whose function is captured once for all of its 100 000 tasks', async () => {
    class Rate {
      constructor(readonly factor: number) {}
    }
    registerSerializer(Rate, {
      name: 'test.Rate@1',
      serialize: (rate) => {
        performance.mark('test.Rate is serialized');
        return rate.factor;
      },
      deserialize: (factor) => ({ factor }),
    });
    const rate = new Rate(3);
    const futures = client.map(
      (x: number) => x * rate.factor,
      Array.from({ length: 100_000 }, (_, i) => i),
      { pure: false },
    );
    const results = await client.gather(futures);
    expect(results.at(-1)).toBe(3 * 99_999);
    expect(performance.getEntriesByName('test.Rate is serialized')).toHaveLength(1);
  });

  it('of optional packages load them where such a value arrives', async () => {
    expect(await run((big: Big) => big.digits, [new Big('12')])).toBe('12/function');
    expect((await run((big: Big) => big, [new Big('34')])).digits).toBe('34/function/function');
  });
});

describe('tables of Arrow', () => {
  const rows = 50_000;
  const table = new arrow.Table({
    id: arrow.makeVector(Int32Array.from({ length: rows }, (_, i) => i)),
    name: arrow.vectorFromArray(
      Array.from({ length: rows }, (_, i) => `row ${String(i)}`),
      new arrow.Utf8(),
    ),
  });

  it('are tables of the same package on the worker, as arguments, captured, and as results', async () => {
    const seen = await run(
      (t: arrow.Table) => [t instanceof arrow.Table, t.numRows, table.numRows, t.getChild('name')?.get(49_999)],
      [table],
    );
    expect(seen).toEqual([true, rows, rows, 'row 49999']);
    const slice = await run((t: arrow.Table) => t.slice(10, 13), [table]);
    expect(slice).toBeInstanceOf(arrow.Table);
    expect(slice.toArray().map(String)).toEqual(table.slice(10, 13).toArray().map(String));
    expect(Object.getPrototypeOf(slice)).toBe(arrow.Table.prototype);
  });

  it('go from task to task', async () => {
    using half = client.submit((t: arrow.Table) => t.slice(0, 25_000), [table]);
    using sum = client.submit(
      (t: arrow.Table) => {
        let total = 0;
        for (const id of t.getChild('id') ?? []) total += id as number;
        return total;
      },
      [half],
    );
    expect(await sum.result()).toBe((25_000 * 24_999) / 2);
  });

  it('stay on workers when they are scattered', async () => {
    const [data] = await client.scatter([table.getChild('id') as arrow.Vector]);
    expect(await run((v) => v.get(7) as number, [data])).toBe(7);
    data.release();
  });
});

describe('memory that views share', () => {
  it('is shared by them on the worker, and back here', async () => {
    const memory = new ArrayBuffer(8000);
    const views = { left: new Uint8Array(memory, 0, 6000), right: new Float64Array(memory, 4000, 500) };
    const back = await run(
      (v: typeof views) => {
        const isShared = v.left.buffer === v.right.buffer;
        v.right[0] = 1;
        return { isShared, seen: v.left[4007], ...v };
      },
      [views],
    );
    expect([back.isShared, back.seen]).toEqual([true, 0x3f]);
    expect(back.left.buffer).toBe(back.right.buffer);
    expect(back.left[4007]).toBe(0x3f);
  });
});

describe('futures in values', () => {
  class Basket {
    constructor(readonly items: unknown) {}
  }

  it('stand for their results in maps, their keys, sets, instances and functions of arguments', async () => {
    using one = client.submit(() => 1, []);
    using two = client.submit(() => 2, []);
    const value = {
      map: new Map<unknown, unknown>([[one, [two]]]),
      set: new Set([two]),
      basket: new Basket([{ deep: one }]),
      cause: new Error('e', { cause: two }),
      read: () => two,
    };
    using all = client.submit(
      ({ map, set, basket, cause, read }: typeof value) => [
        [...map],
        [...set],
        basket instanceof Basket && basket.items,
        cause.cause,
        read(),
      ],
      [value],
    );
    expect(await all.result()).toEqual([[[1, [2]]], [2], [{ deep: 1 }], 2, 2]);
  });

  it('are refused where nobody would wait for them, with what to do instead', async () => {
    using one = client.submit(() => 1, []);
    const refused = (fix: RegExp): unknown =>
      expect.objectContaining({
        details: expect.objectContaining({ reason: 'FUTURE', fix: expect.stringMatching(fix) }),
      });
    expect(await rejection(client.scatter([{ deep: [one] }]))).toEqual(refused(/the tasks that need it/));
    expect(await rejection(client.run((x: unknown) => x, [one]))).toEqual(refused(/await its result\(\)/));
    expect(() => client.submit(() => one.key, [])).toThrow(refused(/pass it as an argument/));
  });

  it('are refused in a result', async () => {
    const { schedulerAddress, token } = rig.cluster;
    const submitAnother = async (address: string, secret: string): Promise<unknown> => {
      const own = await Client.connect(address, { token: secret });
      try {
        return [own.submit((x: number) => x + 1, [1])];
      } finally {
        await own.close();
      }
    };
    expect(await rejection(run(submitAnother, [schedulerAddress, token ?? '']))).toMatchObject({
      code: 'GRID_PROTOCOL_UNSERIALIZABLE',
      details: { reason: 'FUTURE', path: 'result[0]', fix: expect.stringContaining('await its result() in the task') },
    });
  });
});

describe('keys', () => {
  class Part {
    constructor(
      readonly file: string,
      readonly openedAt = Math.random(),
    ) {}
  }

  it('of pure tasks come from function and arguments: what is equal is computed once', async () => {
    const tally = newTally();
    const { file } = tally;
    const work = (value: unknown): unknown => {
      note(file, 'ran');
      return value;
    };
    using first = client.submit(work, [{ b: new Set([1, 2]), a: [new Money(1), -0] }]);
    using second = client.submit(work, [{ a: [new Money(1), -0], b: new Set([2, 1]) }]);
    expect(second.key).toBe(first.key);
    await first.result();
    await second.result();
    expect(tally.count).toBe(1);
    using other = client.submit(work, [{ b: new Set([1, 2]), a: [new Money(1), 0] }]);
    expect(other.key).not.toBe(first.key);
  });

  it('of impure tasks are all different', () => {
    using first = client.submit(() => 1, [], { pure: false });
    using second = client.submit(() => 1, [], { pure: false });
    expect(second.key).not.toBe(first.key);
  });

  it('of arguments without a token are all different, unless the user insists that the task is pure', () => {
    const value = { [Symbol.for('grid.tokenize')]: () => Symbol('never the same') };
    const read = (v: object): number => Object.keys(v).length;
    using first = client.submit(read, [value]);
    using second = client.submit(read, [value]);
    expect(second.key).not.toBe(first.key);
    expect(() => client.submit(read, [value], { pure: true })).toThrow(
      expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION' }),
    );
  });

  it('follow what a class of somebody else is registered to be identified by', () => {
    const read = (part: Part): string => part.file;
    using apart = client.submit(read, [new Part('a')]);
    using another = client.submit(read, [new Part('a')]);
    expect(another.key).not.toBe(apart.key);
    registerTokenizer(Part, ({ file }) => file);
    using first = client.submit(read, [new Part('a')]);
    using second = client.submit(read, [new Part('a')]);
    expect(second.key).toBe(first.key);
  });

  it('can be asked for by their tokens', () => {
    using future = client.submit(() => 1, []);
    expect(tokenize({ a: 1, b: [future, (x: number) => x + 1] })).toMatch(/^[0-9a-f]{32}$/);
    expect(tokenize({ a: 1, b: 2 })).toBe(tokenize({ b: 2, a: 1 }));
    expect(tokenize([future])).not.toBe(tokenize([{}]));
    expect(tokenize([Promise.resolve()])).toBeUndefined();
  });

  it('that no message has room for are refused where they are given', async () => {
    const key = 'k'.repeat(100_000);
    const badOption = { code: 'GRID_CLIENT_BAD_OPTION' };
    expect(() => client.submit(() => 1, [], { key })).toThrow(expect.objectContaining(badOption));
    expect(() => client.map((x: number) => x, [1], { key, pure: false })).toThrow(expect.objectContaining(badOption));
    expect(() => client.submit(() => 1, [], { workers: [key] })).toThrow(expect.objectContaining(badOption));
    expect(await rejection(client.scatter({ [key]: 1 }))).toMatchObject(badOption);
    // The connection is as good as before, and a long text for people is cut.
    using future = client.submit(() => new Promise((resolve) => setTimeout(resolve, 60_000)), []);
    future.cancel({ reason: 'because '.repeat(20_000) });
    expect(await run(() => 'still here', [])).toBe('still here');
  });
});
