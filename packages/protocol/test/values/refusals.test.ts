import { describe, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import { decodeValue, encodeValue, SerializerRegistry, ValueEncoder } from '../../src/index.js';

function refusalOf(value: unknown, rootName?: string): { message: string; reason: unknown; path: unknown } {
  try {
    encodeValue(value, { rootName });
  } catch (error) {
    if (!isGridError(error, 'GRID_PROTOCOL_UNSERIALIZABLE')) throw error;
    return { message: error.message, reason: error.details['reason'], path: error.details['path'] };
  }
  throw new TypeError('nothing was refused');
}

class Point {
  x = 1;
}

describe('what cannot travel is refused by its kind', () => {
  test.each([
    ['FUNCTION', () => 1],
    ['FUNCTION', class A {}],
    ['PROMISE', Promise.resolve()],
    ['PROXY', new Proxy({}, {})],
    ['PROXY', new Proxy([], {})],
    ['WEAK', new WeakMap()],
    ['WEAK', new WeakSet()],
    ['WEAK', new WeakRef({})],
    ['GENERATOR', (function* () {})()],
    ['GENERATOR', new Map().entries()],
    ['SAB', new SharedArrayBuffer(1)],
    ['SYMBOL', Symbol('mine')],
    ['CLASS', new Point()],
    ['BIGINT', 1n << 134_217_728n],
    ['PROTOTYPE', Object.create(URL.prototype)],
    ['PROTOTYPE', Object.create(Map.prototype)],
    ['FUTURE', Object.assign(new Point(), { [Symbol.for('grid.future')]: undefined })],
    ['CLASS', new (class extends Map {})()],
    [
      'ARGS',
      (function (..._: unknown[]) {
        // eslint-disable-next-line prefer-rest-params -- users do this
        return arguments;
      })(1),
    ],
  ])('%s', (reason, value) => {
    expect(refusalOf([value]).reason).toBe(reason);
  });
});

test('the path leads to what was refused', () => {
  const value = { rows: [0, 1, 2, { cb: () => 1 }] };
  expect(refusalOf(value, 'result')).toMatchObject({
    path: 'result.rows[3].cb',
    message: expect.stringContaining('cannot serialise result.rows[3].cb: it is the function'),
  });
  expect(refusalOf({ 'two words': new Map([['k', [Symbol('s')]]]) }).path).toBe('value["two words"].get("k")[0]');
  expect(refusalOf(new Set([1, Promise.resolve()])).path).toBe('value[1]');
  expect(refusalOf(new Error('x', { cause: { p: Promise.resolve() } })).path).toBe('value.cause.p');
});

test('the path leads into what lies too deep to be written in place', () => {
  let value: unknown = { bad: () => 1 };
  for (let i = 0; i < 450; i++) value = [value];
  expect(refusalOf(value).path).toBe(`value${'[0]'.repeat(8)} … ${'[0]'.repeat(11)}.bad`);
});

test('a getter that throws is named, with what it threw as the cause', () => {
  const value = {
    get broken(): number {
      throw new RangeError('no');
    },
  };
  expect(() => encodeValue([value])).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('value[0].broken: its getter threw'),
      cause: expect.any(RangeError),
    }),
  );
});

test('after a refusal the encoder works on, and its sink is as before', () => {
  const encoder = new ValueEncoder();
  const good = { a: [1, { b: 2 }] };
  const before = encoder.encode(good);
  expect(() => encoder.encode({ a: [1, { b: () => 1 }] })).toThrow();
  expect(encoder.encode(good)).toStrictEqual(before);
});

test('references stand for values, and only where they are allowed', () => {
  const future = { secret: 1 };
  const referenceOf = (value: object): number | undefined => (value === future ? 3 : undefined);
  const payload = encodeValue([future, { deep: future }, 1], { referenceOf });
  expect(decodeValue(payload, { resolveReference: (index) => `dependency ${index}` })).toEqual([
    'dependency 3',
    { deep: 'dependency 3' },
    1,
  ]);
  expect(() => decodeValue(payload)).toThrow(expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_VALUE' }));
});

describe('registered serializers', () => {
  class Money {
    constructor(
      readonly cents: number,
      readonly data: Float64Array,
    ) {}
  }
  const serializers = new SerializerRegistry();
  serializers.register(Money, {
    name: 'test.Money@1',
    serialize: ({ cents, data }) => [cents, data] as const,
    deserialize: ([cents, data]) => new Money(cents, data),
  });

  test('carry instances, with their buffers uncopied', () => {
    const money = new Money(5, new Float64Array(500).fill(1));
    const payload = encodeValue({ money, again: money }, { serializers });
    expect(payload.buffers[0]?.buffer).toBe(money.data.buffer);
    const back = decodeValue(payload, { serializers }) as { money: Money; again: Money };
    expect(back.money).toStrictEqual(money);
    expect(back.again).toBe(back.money);
  });

  test('have to be registered on both sides', () => {
    const payload = encodeValue(new Money(1, new Float64Array(1)), { serializers });
    expect(() => decodeValue(payload)).toThrow(/no deserializer named "test\.Money@1"/);
  });

  test('that throw are named, with their error as the cause', () => {
    const bad = new SerializerRegistry();
    bad.register(Money, {
      name: 'bad@1',
      serialize: () => {
        throw new Error('boom');
      },
      deserialize: () => new Money(1, new Float64Array(0)),
    });
    expect(() => encodeValue([new Money(1, new Float64Array(1))], { serializers: bad })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('value[0]: the serializer of Money threw') }),
    );
  });

  test('may not share a name', () => {
    class Other {}
    expect(() =>
      serializers.register(Other, { name: 'test.Money@1', serialize: () => 1, deserialize: () => new Other() }),
    ).toThrow(/choose another name/);
  });
});
