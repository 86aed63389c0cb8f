import { callSpec, GraphBuilder, refTo, type TaskRef } from '@grid/graph';
import { asKey } from '@grid/common';

const builder = new GraphBuilder();
const add = (x: number, y: number): number => x + y;
const one = builder.data('one', 1);
const word = builder.data('word', 'one');

// A task's result has the type of what its function returns or promises.
const sum: TaskRef<number> = builder.call('sum', add, [one, 2]);
const later: TaskRef<string> = builder.call('later', async () => Promise.resolve('done'), []);

// References may be elements of a list argument.
builder.call('total', (parts: readonly number[]) => parts.length, [[one, sum, 3]]);
const pair: TaskRef<number[]> = builder.data('pair', [one, sum]);
callSpec('first', (list: readonly number[]) => list[0], [pair]);
callSpec('known', add, [refTo<number>(asKey('elsewhere')), 1]);

// @ts-expect-error a reference to text does not give a number
builder.call('bad-ref', add, [one, word]);
// @ts-expect-error an argument is missing
builder.call('bad-count', add, [one]);
// @ts-expect-error a key is no reference
builder.call('bad-key', add, [one, asKey('one')]);
// @ts-expect-error a promised result is awaited before it is passed on
builder.call('bad-promise', (value: Promise<string>) => value, [later]);
