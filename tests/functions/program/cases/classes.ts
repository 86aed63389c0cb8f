/* 14 to 20: classes and their instances. */
import { isDeepStrictEqual } from 'node:util';
import type { Case } from '../case.js';
import type { World } from '../world.js';
import {
  Circle,
  Computed,
  Money,
  MyError,
  Registry,
  Secret,
  SecretMethod,
  Shape,
  Stack,
  StaticSecret,
} from '../own/shapes.js';

const circle = new Circle(2);
const registry = new Registry([
  ['a', 1],
  ['b', 2],
]);
const stack = Stack.from([1, 2, 3]) as Stack;

class Sealed {
  readonly #code: string;
  constructor(code: string) {
    this.#code = code;
  }
  open(): string {
    return this.#code;
  }
}

class Closed extends Sealed {}

/** Sends an instance with private members to a task, and gets another one back. */
async function usesSealed(call: World['call'], Made: typeof Sealed = Sealed): Promise<void> {
  const given = new Made('s3cret');
  const result = await call((s: Sealed) => [s.open(), s instanceof Made, new Made(`${s.open()}!`)], given);
  const [code, is, returned] = result as [string, boolean, Sealed];
  if (code !== 's3cret' || !is || !(returned instanceof Made) || returned.open() !== 's3cret!')
    throw new Error(`gives ${code} ${String(is)}`);
}

export const classes: readonly Case[] = [
  { title: '14 constructor, super, getter', fn: () => new Circle(2).describe(), expect: 'shape circle 12' },
  {
    title: '14 setter',
    fn: () => {
      const c = new Circle(1);
      c.size = 27;
      return c.r;
    },
    expect: 3,
  },
  {
    title: '14 static method and field',
    fn: () => [Circle.make(3).area, Circle.unit.get('r')],
    expect: [27, 1],
  },
  { title: '14 iterator', fn: () => [...new Circle(4)], expect: [4] },
  {
    title: '14 computed method, static fields',
    fn: () => [new Computed().computed(), Computed.field.n, Computed.square(3)],
    expect: ['by key', 3, 9],
  },
  {
    title: '15 captured instance, instanceof, method with super',
    fn: () => [circle.describe(), circle instanceof Circle, circle instanceof Shape, circle.r],
    expect: ['shape circle 12', true, true, 2],
  },
  {
    title: '16 subclass of Map',
    fn: () => [registry.total(), registry instanceof Map, registry instanceof Registry],
    expect: [3, true, true],
  },
  { title: '16 subclass of Array', fn: () => [stack.top(), Array.isArray(stack), stack.length], expect: [3, true, 3] },
  {
    title: '16 subclass of Error',
    fn: (e: MyError) => [e.short(), e.status, e instanceof MyError, e instanceof Error],
    args: [new MyError('gone', 404)],
    expect: ['404 gone', 404, true, true],
  },
  { title: '17 class with a private field', fn: () => new Secret().reveal(), expect: 1 },
  { title: '17 class with a private method', fn: () => new SecretMethod().reveal(), expect: 2 },
  { title: '17 class with a static private field', fn: () => StaticSecret.reveal(), expect: 5 },
  {
    title: '18 instance with a private field',
    fn: (
      (s) => () =>
        s.reveal()
    )(new Secret()),
    refused: 'PRIVATE',
    says: /Secret.*#v/s,
  },
  {
    title: '18 instance with a private method',
    fn: (
      (s) => () =>
        s.reveal()
    )(new SecretMethod()),
    refused: 'PRIVATE',
    says: /SecretMethod.*#hidden/s,
  },
  {
    title: '19 serializer by symbols',
    fn: (m: Money) => [m.cents, m instanceof Money],
    args: [new Money(5, 'EUR')],
    expect: [5, true],
  },
  {
    title: '19 registered serializer, which travels along',
    run: async ({ call, lib, connection }) => {
      lib.protocol.registerSerializer(Sealed, {
        name: `${connection.setup}.Sealed@1`,
        serialize: (sealed) => Buffer.from(sealed.open()).toString('base64'),
        deserialize: (code) => new Sealed(String(Buffer.from(code, 'base64'))),
      });
      await usesSealed(call);
    },
  },
  {
    title: '19 serializer that a task registers',
    run: async ({ call, lib, connection }) => {
      const serializer = {
        name: `${connection.setup}.Closed@1`,
        serialize: (closed: Closed) => closed.open(),
        deserialize: (code: string) => new Closed(code),
      };
      lib.protocol.registerSerializer(Closed, serializer);
      await call(async () => {
        const { registerSerializer } = await import('@grid/protocol');
        registerSerializer(Closed, serializer);
      });
      await usesSealed(call, Closed);
    },
  },
  {
    title: '20 result is an instance of the own class',
    fn: (r: number) => new Circle(r),
    args: [3],
    check: (c: Circle) => c instanceof Circle && c.area === 27,
  },
  {
    title: '20 instance of one task is one in the next',
    run: async ({ client, connection }) => {
      const where = { workers: connection.worker, pure: false };
      using made = client.submit((r: number) => new Circle(r), [2], where);
      using seen = client.submit((c: Circle) => [c instanceof Circle, c.describe()], [made], where);
      const result = await seen.result();
      if (!isDeepStrictEqual(result, [true, 'shape circle 12'])) throw new Error(`gives ${String(result)}`);
    },
  },
];
