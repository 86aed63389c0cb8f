/* What handles of actors offer, as the compiler sees it. */
import type { Actor, ActorFuture, Client, Future } from '../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectTrue<_T extends true>(): void;

declare const client: Client;

declare class Counter {
  constructor(start: number);
  total: number;
  readonly tags: readonly string[];
  // eslint-disable-next-line no-unused-private-class-members -- that it is there is the point
  #secret: number;
  protected hidden: number;
  get double(): number;
  add(n: number): number;
  later(text: string, options?: { readonly times: number }): Promise<string[]>;
  take(future: Future<number>, other: Actor<Counter>): void;
}

export const future = client.submit(Counter, [1], { actor: true });
expectTrue<Equal<typeof future, Future<Actor<Counter>>>>();

declare const counter: Actor<Counter>;
export const added = counter.add(1);
expectTrue<Equal<typeof added, ActorFuture<number>>>();
export const later = counter.later('a', { times: 2 });
expectTrue<Equal<typeof later, ActorFuture<string[]>>>();
export const { total, tags, double } = counter;
expectTrue<Equal<typeof total, ActorFuture<number>>>();
expectTrue<Equal<typeof tags, ActorFuture<readonly string[]>>>();
expectTrue<Equal<typeof double, ActorFuture<number>>>();
export const value: Promise<number> = (async () => await counter.add(1))();

// Futures and handles go to methods as they are.
counter.take(
  client.submit(() => 1, []),
  counter,
);

// A handle stays one on its way to a task; a future of one arrives as the handle.
export const used = client.submit(async (actor: Actor<Counter>, n: number) => actor.add(n), [counter, 1]);
expectTrue<Equal<typeof used, Future<number>>>();
client.submit(async (actor: Actor<Counter>) => actor.add(1), [future]);
client.submit(async ({ actor }: { actor: Actor<Counter> }) => actor.add(1), [{ actor: counter }]);

export const many = client.map(Counter, [1, 2], { actor: true });
expectTrue<Equal<typeof many, Future<Actor<Counter>>[]>>();
export const tuples = client.starmap(Counter, [[1], [2]] as [number][], { actor: true });

// A function may make it, and take its time.
declare const open: (name: string) => Promise<{ next: () => number }>;
export const opened = client.submit(open, ['a'], { actor: true });
expectTrue<Equal<typeof opened, Future<Actor<{ next: () => number }>>>>();

// @ts-expect-error -- its constructor takes a number
client.submit(Counter, ['one'], { actor: true });
// @ts-expect-error -- a class is called only to make an actor
client.submit(Counter, [1]);
// @ts-expect-error -- each is made anew
client.submit(Counter, [1], { actor: true, pure: true });
// @ts-expect-error -- it takes a number
counter.add('1');
// @ts-expect-error -- protected members are the actor's own
export const hidden = counter.hidden;
// @ts-expect-error -- attributes are read only
counter.total = 5;
