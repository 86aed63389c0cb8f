import { afterAll, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import {
  ClassIdentities,
  decodeValue,
  encodeValue,
  FunctionDecoder,
  FunctionEncoder,
  SerializerRegistry,
  tokenize,
} from '../../src/index.js';
import type { CallableValue, LazySerializer } from '../../src/index.js';

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

const money = {
  name: 'test.Money@1',
  serialize: (value: Money) => value.cents,
  deserialize: (cents: number) => new Money(cents),
};

const closers: (() => void)[] = [];
afterAll(() => closers.forEach((close) => close()));

/** One of two processes: with serializers and classes of its own. */
function side(serializers = new SerializerRegistry()) {
  const identities = new ClassIdentities();
  const encoder = new FunctionEncoder({ identities, serializers });
  const decoder = new FunctionDecoder({ root: process.cwd(), identities, serializers });
  closers.push(() => encoder.close());
  return {
    serializers,
    encoder,
    decoder,
    encode: (value: unknown) => encodeValue(value, { code: encoder, serializers }),
    decode: async (payload: ReturnType<typeof encodeValue>): Promise<unknown> => {
      await decoder.prepare(payload);
      return decodeValue(payload, { code: decoder, serializers });
    },
  };
}

type Side = ReturnType<typeof side>;

async function call(from: Side, to: Side, fn: CallableValue, args: readonly unknown[]): Promise<unknown> {
  const loaded = (await to.decoder.load(from.encoder.capture(fn))) as (...args: unknown[]) => unknown;
  const values = (await to.decode(from.encode(args))) as unknown[];
  return from.decode(to.encode(loaded(...values)));
}

test('a registration travels with functions: instances go there and come back as what they are', async () => {
  const client = side();
  client.serializers.register(Money, money);
  const sum = await call(client, side(), (a: Money, b: Money) => a.plus(b), [new Money(3), new Money(4)]);
  expect(sum).toBeInstanceOf(Money);
  expect((sum as Money).cents).toBe(7);
});

test('an instance that a task makes comes back, though none was sent', async () => {
  const client = side();
  client.serializers.register(Money, money);
  const made = await call(client, side(), (cents: number) => new Money(cents), [5]);
  expect(made).toBeInstanceOf(Money);
  expect((made as Money).cents).toBe(5);
});

test('a result of one task is an argument of another one of which the class is not even mentioned', async () => {
  const client = side();
  client.serializers.register(Money, money);
  const [first, second] = [side(), side()];
  const make = (await first.decoder.load(client.encoder.capture((cents: number) => new Money(cents)))) as (
    cents: number,
  ) => unknown;
  const result = first.encode(make(9));
  const read = client.encoder.capture((value: { cents: number }) => value.cents);
  const fn = (await second.decoder.load(read)) as (value: unknown) => unknown;
  expect(fn(await second.decode(result))).toBe(9);
});

test('registrations change no hash, so no key', () => {
  const [without, having] = [side(), side()];
  having.serializers.register(Money, money);
  const fn = (x: number): number => x + 1;
  expect(having.encoder.capture(fn).hash).toBe(without.encoder.capture(fn).hash);
});

test('what a process has registered itself holds against what comes along', async () => {
  class Local {
    constructor(readonly cents: number) {}
  }
  const [client, worker] = [side(), side()];
  client.serializers.register(Money, money);
  worker.serializers.register(Local, { ...money, serialize: ({ cents }) => cents, deserialize: (c) => new Local(c) });
  await worker.decoder.load(client.encoder.capture(() => 1));
  expect(await worker.decode(client.encode(new Money(2)))).toBeInstanceOf(Local);
});

test('a changed registration takes the place of the one that came before', async () => {
  const worker = side();
  for (const factor of [1, 100]) {
    const client = side();
    client.serializers.register(Money, { ...money, deserialize: (cents) => new Money(cents * factor) });
    await worker.decoder.load(client.encoder.capture((x: number) => x * factor));
    const back = (await worker.decode(client.encode(new Money(2)))) as Money;
    expect(back.cents).toBe(2 * factor);
  }
});

test('a registration that cannot travel harms nobody who does not need it, and who does is told what to do', async () => {
  const [client, worker] = [side(), side()];
  const pending = Promise.resolve();
  client.serializers.register(Money, { ...money, deserialize: (cents) => (void pending, new Money(cents)) });
  await expect(call(client, worker, (x: number) => x + 1, [1])).resolves.toBe(2);
  await expect(worker.decode(client.encode(new Money(1)))).rejects.toThrow(
    expect.objectContaining({ code: 'GRID_PROTOCOL_DESERIALIZE', details: { name: 'test.Money@1' } }),
  );
});

test('a registration that came along and cannot be used says why', async () => {
  const [client, worker] = [side(), side()];
  client.serializers.register(Money, money);
  const fn = client.encoder.capture(() => 1);
  const untrusting = new FunctionDecoder({
    root: process.cwd(),
    serializers: worker.serializers,
    mayEvaluate: () => false,
  });
  await untrusting.load(fn).catch(() => undefined);
  await expect(worker.decode(client.encode(new Money(1)))).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining('came with the function but cannot be used here'),
      cause: expect.objectContaining({ details: expect.objectContaining({ reason: 'UNTRUSTED' }) }),
    }),
  );
});

test('values bring no registrations, so they cannot change how others are read', async () => {
  const [client, worker] = [side(), side()];
  client.serializers.register(Money, money);
  await worker.decode(client.encode([(x: number) => x]));
  expect([...worker.serializers.registrations()]).toEqual([]);
});

test('a serializer whose result holds the object again is refused, with the way there', () => {
  class Node {
    parent: Node | undefined = this;
  }
  const serializers = new SerializerRegistry();
  serializers.register(Node, {
    name: 'test.Node@1',
    serialize: ({ parent }) => ({ parent }),
    deserialize: () => new Node(),
  });
  expect(() => encodeValue([new Node()], { serializers })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('cannot serialise value[0]<test.Node@1>.parent: '),
      details: expect.objectContaining({ reason: 'CYCLE' }),
    }),
  );
});

function nested(levels: number, value: unknown): unknown {
  let at = value;
  for (let i = 0; i < levels; i++) at = [at];
  return at;
}

test('what a deserializer is given is whole, however deep it lies', () => {
  const serializers = new SerializerRegistry();
  class Pair {
    constructor(
      readonly left: unknown,
      readonly right: unknown,
    ) {}
  }
  const seen: unknown[] = [];
  serializers.register(Pair, {
    name: 'test.Pair@1',
    serialize: ({ left, right }) => ({ left, right: new Map([[1, right]]) }),
    deserialize: ({ left, right }) => {
      seen.push(JSON.stringify([left, [...right]]));
      return new Pair(left, right.get(1));
    },
  });
  for (const levels of [0, 150, 199, 200, 250, 700]) {
    const value = nested(levels, new Pair({ a: [1] }, [{ b: 2 }]));
    const back = decodeValue(encodeValue(value, { serializers }), { serializers });
    expect(isDeepStrictEqual(back, value)).toBe(true);
  }
  expect(new Set(seen)).toEqual(new Set(['[{"a":[1]},[[1,[{"b":2}]]]]']));
  // What lies so deep that its content comes later cannot be given to a deserializer that is called before.
  const refused: number[] = [];
  for (let levels = 150; levels < 260; levels++) {
    const shared = [1];
    const value = [nested(levels, shared), new Pair(shared, 1)];
    try {
      expect(isDeepStrictEqual(decodeValue(encodeValue(value, { serializers }), { serializers }), value)).toBe(true);
    } catch (error) {
      expect(error).toMatchObject({ details: { reason: 'DEEP' } });
      refused.push(levels);
    }
  }
  expect(seen.slice(-(110 - refused.length)).every((text) => text === '[[1],[[1,1]]]')).toBe(true);
  expect(refused).toHaveLength(1);
  let chain: unknown = 'end';
  for (let i = 0; i < 1000; i++) chain = new Pair(i, chain);
  expect(() => encodeValue(chain, { serializers })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ reason: 'DEEP' }) }),
  );
});

test('a class that is defined again, as after a change of its file, takes its name over; another class does not', () => {
  const serializers = new SerializerRegistry();
  const define = (): typeof Money => class Money2 extends Money {};
  serializers.register(define(), money);
  expect(() => serializers.register(define(), money)).not.toThrow();
  expect(() => serializers.register(Money, money)).toThrow(/choose another name/);
});

class Big {
  readonly isBig = true;
  constructor(readonly digits: string) {}
}

function lazyBig(packageName: string): LazySerializer<Big, string, { readonly add: (a: number, b: number) => number }> {
  return {
    name: 'test.Big@1',
    packageName,
    isInstance: (value) => 'isBig' in value,
    serialize: ({ digits }) => digits,
    deserialize: (digits, module) => new Big(`${digits}${Object.keys(module).length > 0 ? '!' : ''}`),
  };
}

test('a lazy serializer loads its package where a value arrives, and only there', async () => {
  const [client, worker] = [side(), side()];
  for (const { serializers } of [client, worker]) serializers.registerLazy(lazyBig('fast-check'));
  const payload = client.encode([new Big('12'), new Big('34')]);
  expect(client.serializers.moduleOf('fast-check')).toBeUndefined();
  expect(() => decodeValue(payload, { serializers: worker.serializers })).toThrow(
    expect.objectContaining({
      code: 'GRID_PROTOCOL_DESERIALIZE',
      message: expect.stringContaining('await FunctionDecoder.prepare() first'),
    }),
  );
  expect(await worker.decode(payload)).toStrictEqual([new Big('12!'), new Big('34!')]);
});

test('a package that is not installed is named, with where it was looked for', async () => {
  const [client, worker] = [side(), side()];
  for (const { serializers } of [client, worker]) serializers.registerLazy(lazyBig('not-installed-anywhere'));
  await expect(worker.decode(client.encode(new Big('1')))).rejects.toThrow(
    expect.objectContaining({
      code: 'GRID_PROTOCOL_DESERIALIZE',
      details: { package: 'not-installed-anywhere', root: process.cwd() },
    }),
  );
});

test('bytes cannot have a package loaded that this process has not registered', async () => {
  const client = side();
  client.serializers.registerLazy(lazyBig('not-installed-anywhere'));
  const stranger = side();
  await expect(stranger.decoder.prepare(client.encode(new Big('1')))).resolves.toBeUndefined();
});

test('a lazy serializer is asked once for each class, whatever it throws', () => {
  const serializers = new SerializerRegistry();
  let asked = 0;
  serializers.registerLazy({
    ...lazyBig('fast-check'),
    isInstance: () => {
      asked++;
      throw new TypeError('it looked too closely');
    },
  });
  const error = Object.assign(new (class Own extends Error {})('x'));
  encodeValue([error, error], { serializers });
  encodeValue([error], { serializers });
  expect(asked).toBe(1);
});

test('a lazy serializer travels too', async () => {
  const [client, worker] = [side(), side()];
  client.serializers.registerLazy(lazyBig('fast-check'));
  const back = await call(client, worker, (value: { digits: string }) => value.digits, [new Big('7')]);
  expect(back).toBe('7!');
});

test('what identifies an instance can be said by its serializer, or for classes that are not one’s own', () => {
  const serializers = new SerializerRegistry();
  const token = (value: unknown): string | undefined => tokenize(value, undefined, { serializers });
  class Handle {
    constructor(
      readonly id: number,
      readonly opened = Math.random(),
    ) {}
  }
  expect(token(new Handle(1))).toBeUndefined();
  serializers.registerTokenizer(Handle, ({ id }) => id);
  expect(token(new Handle(1))).toBe(token(new Handle(1)));
  expect(token(new Handle(1))).not.toBe(token(new Handle(2)));
  expect(token([new Handle(1)])).not.toBe(token([1]));
  serializers.register(Money, { ...money, tokenize: (value) => value.cents % 10 });
  expect(token(new Money(13))).toBe(token(new Money(23)));
  serializers.registerTokenizer(Handle, () => Symbol('never the same'));
  expect(token(new Handle(1))).toBeUndefined();
});
