/* What the compiler infers of functions that say how they travel. */
import type * as nodePath from 'node:path';

import { importTask, moduleTask, task, type Client, type Future } from '../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectTrue<_T extends true>(): void;

declare const client: Client;
declare const count: Future<number>;
declare const offset: number;
const add = (a: number, b: number): number => a + b;
const load = async (name: string): Promise<Float64Array> => new Float64Array(name.length);

// A described function is of the type of the function.
export const described = task(add, { name: 'sum', pure: true });
expectTrue<Equal<typeof described, (a: number, b: number) => number>>();
export const optional = task((a: number, b?: string): string => `${String(a)}${b ?? ''}`);
expectTrue<Equal<typeof optional, (a: number, b?: string) => string>>();

export const sum = client.submit(task(add, { captures: {} }), [1, count]);
expectTrue<Equal<typeof sum, Future<number>>>();
export const loaded = client.submit(task(load, { pure: false }), ['part-0']);
expectTrue<Equal<typeof loaded, Future<Float64Array>>>();

// Parameters are inferred from the arguments, as those of plain functions are.
export const inferred = client.submit(
  task((a, b) => a + b + offset, { captures: { offset } }),
  [1, count],
);
expectTrue<Equal<typeof inferred, Future<number>>>();
export const mapped = client.map(
  task((x) => x.toFixed(offset), { captures: { offset } }),
  [1, count],
);
expectTrue<Equal<typeof mapped, Future<string>[]>>();
export const same = client.submit(
  task(<T>(x: T) => x),
  [count],
);
expectTrue<Equal<typeof same, Future<number>>>();
export const run = client.run(task(() => process.pid));
expectTrue<Equal<typeof run, Promise<Record<string, number>>>>();

// @ts-expect-error 'two' is not a number
client.submit(task(add), [1, 'two']);
// @ts-expect-error one argument short
client.submit(task(add), [1]);
// @ts-expect-error there is no such option
task(add, { capture: {} });

// Functions of modules have the types of what the module exports.
// eslint-disable-next-line @typescript-eslint/consistent-type-imports -- as users write it
type Functions = typeof import('../src/functions/import-task.js');
export const typed = moduleTask<Functions, 'importTask'>(
  import.meta.url,
  '../src/functions/import-task.js',
  'importTask',
);
expectTrue<Equal<typeof typed, Functions['importTask']>>();
export const imported = importTask<typeof nodePath, 'join'>('node:path', 'join');
export const joined = client.submit(imported, ['a', 'b']);
expectTrue<Equal<typeof joined, Future<string>>>();
// @ts-expect-error no export of this name
importTask<typeof nodePath, 'joim'>('node:path', 'joim');
// @ts-expect-error an export that is no function
importTask<typeof nodePath, 'sep'>('node:path', 'sep');

// Without a type they take anything.
export const untyped = client.submit(importTask('my-pkg/jobs', 'train'), [1, { rate: 2 }]);
client.map(moduleTask(import.meta.url, './jobs.ts', 'train'), [1, 2]);
