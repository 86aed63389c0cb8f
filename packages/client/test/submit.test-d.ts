/* What the compiler infers for users, and what it refuses. */
import type { AsCompleted, Client, Future, WaitResult } from '../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectTrue<_T extends true>(): void;

declare const client: Client;
declare const count: Future<number>;
declare const parts: Future<number>[];
declare const nested: Future<Future<string>>;
const add = (a: number, b: number): number => a + b;
const load = async (name: string): Promise<Float64Array> => new Float64Array(name.length);

export const sum = client.submit(add, [1, count]);
expectTrue<Equal<typeof sum, Future<number>>>();

// An async function gives a future of what it resolves to.
export const loaded = client.submit(load, ['part-0']);
expectTrue<Equal<typeof loaded, Future<Float64Array>>>();

// Parameters are inferred from the arguments, futures at any depth included.
client.submit((a, b) => a + b, [1, count]);
client.submit((xs: number[]) => xs.length, [parts]);
client.submit(({ n, list }) => n + list.length, [{ n: count, list: parts }]);
// A task that gives a future gives no more than that: who takes its result asks for the rest.
client.submit(async (inner) => (await inner.result()).length, [nested]);
client.submit(add, [client.submit(add, [1, 2]), 3]);
client.submit(() => 42, []);

// Instances of classes keep their type, private members included.
declare class Money {
  // eslint-disable-next-line no-unused-private-class-members -- that it is there is the point
  #cents: number;
  readonly cents: number;
  plus(other: Money): Money;
}
declare const money: Money;
declare const price: Future<Money>;
export const total = client.submit(
  (a: Money, b: Money, all: Money[]) => all.reduce((x, y) => x.plus(y), a.plus(b)),
  [money, price, [money, price]],
);
expectTrue<Equal<typeof total, Future<Money>>>();
client.submit(
  ({ link, at }: { link: URL; at: Map<string, Money> }) => at.get(link.href)?.cents,
  [{ link: new URL('http://a.example'), at: new Map([['x', price]]) }],
);
client.submit(({ n, twice }) => twice(n), [{ n: count, twice: (x: number) => x * 2 }]);

// @ts-expect-error 'two' is not a number
client.submit(add, [1, 'two']);
// @ts-expect-error one argument short
client.submit(add, [1]);
// @ts-expect-error arguments are one tuple
client.submit(add, 1, 2);

export const squares = client.map((x: number) => x * x, [1, 2, 3]);
expectTrue<Equal<typeof squares, Future<number>[]>>();
client.map((x) => x.toFixed(2), parts);
// @ts-expect-error items are strings
client.map((x: number) => x, ['a']);

export const sums = client.starmap(add, [
  [1, 2],
  [3, 4],
]);
expectTrue<Equal<typeof sums, Future<number>[]>>();

export const gathered = client.gather({ one: count, many: parts });
expectTrue<Equal<typeof gathered, Promise<{ one: number; many: number[] }>>>();

export const scattered = client.scatter([new Float64Array(4), 'x']);
expectTrue<Equal<typeof scattered, Promise<[Future<Float64Array<ArrayBuffer>>, Future<'x'>]>>>();

export const waited = client.wait(squares);
expectTrue<Equal<typeof waited, Promise<WaitResult<number>>>>();

export const completed = client.asCompleted(squares);
expectTrue<Equal<typeof completed, AsCompleted<number>>>();

// Futures of several kinds can be waited for together.
declare const title: Future<string>;
export const mixed = client.wait([count, title]);
expectTrue<Equal<typeof mixed, Promise<WaitResult<number | string>>>>();
export const mixedCompleted = client.asCompleted([count, title]);
expectTrue<Equal<typeof mixedCompleted, AsCompleted<number | string>>>();

export const memory = client.run(() => process.memoryUsage().rss);
expectTrue<Equal<typeof memory, Promise<Record<string, number>>>>();

// A future is not thenable: `await` gives the future itself.
export const awaited = (async () => await count)();
expectTrue<Equal<typeof awaited, Promise<Future<number>>>>();
