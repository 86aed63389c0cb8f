import { afterAll, describe, expect, test } from '@jest/globals';
import { AssertionError } from 'node:assert';
import { readFileSync } from 'node:fs';
import { decodeError, encodeError, errorText, FunctionDecoder, FunctionEncoder } from '../../src/index.js';

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const there = (thrown: unknown): unknown => decodeError(encodeError(thrown));

test.each([[null], [undefined], [0], ['text'], [{ code: 1 }], [10n]])('%p travels as it is', (thrown) => {
  expect(there(thrown)).toStrictEqual(thrown);
});

test('a cyclic chain of causes stays one', () => {
  const error = new Error('a', { cause: new TypeError('b') });
  (error.cause as Error).cause = error;
  const back = there(error) as Error;
  expect((back.cause as Error).cause).toBe(back);
});

test('a frozen error travels', () => {
  const back = there(Object.freeze(new RangeError('cold'))) as RangeError;
  expect([back.name, back.message]).toEqual(['RangeError', 'cold']);
});

test('fields that cannot travel are dropped, and the message says which', () => {
  const error = Object.assign(new TypeError('bad'), { status: 5, socket: { deep: Promise.resolve() } });
  const back = there(error) as typeof error;
  expect(back.message).toBe('bad (not sent: socket.deep)');
  expect([back.name, back.status, Object.keys(back)]).toEqual(['TypeError', 5, ['status']]);
});

test('a huge message is cut and says so', () => {
  const back = there(new Error('x'.repeat(1_000_000))) as Error;
  expect(back.message).toHaveLength(10_000 + '… (990000 more characters were cut)'.length);
  expect(back.message).toMatch(/990000 more characters were cut/);
});

test('a thrown function is replaced by an error that says so', () => {
  expect(there(() => 1)).toMatchObject({ message: expect.stringContaining('cannot be sent') });
});

test('whatever its getters do, an error travels', () => {
  const error = new Error('kept');
  Object.defineProperty(error, 'stack', {
    get: () => {
      throw new Error('no stack');
    },
  });
  Object.defineProperty(error, 'trap', {
    enumerable: true,
    get: () => {
      throw new Error('trap');
    },
  });
  expect((there(error) as Error).message).toBe('kept (not sent: trap)');
});

test('stacks are mapped along the chain of causes', () => {
  const back = decodeError(encodeError(new Error('a', { cause: new Error('b') })), {
    mapStack: () => 'mapped',
  }) as Error;
  expect([back.stack, (back.cause as Error).stack]).toEqual(['mapped', 'mapped']);
});

test('the text of anything that was thrown is bounded and never throws', () => {
  expect(errorText(null)).toEqual({ name: 'null', message: 'null' });
  expect(errorText('x'.repeat(20_000)).message.length).toBeLessThan(10_100);
  expect(errorText(new TypeError('t'))).toMatchObject({
    name: 'TypeError',
    message: 't',
    stack: expect.stringContaining('TypeError: t'),
  });
  expect(errorText(Object.create(null))).toEqual({ name: 'Error', message: 'a value that cannot be printed' });
});

describe('an error that has to be cut or taken apart keeps its class', () => {
  class Refused extends RangeError {
    readonly status = 7;
  }
  const encoder = new FunctionEncoder();
  const decoder = new FunctionDecoder({ root: '/' });
  afterAll(() => encoder.close());

  const sent = async (thrown: unknown): Promise<unknown> => decoder.openError(encodeError(thrown, { code: encoder }));

  test('the user’s own', async () => {
    const back = (await sent(Object.assign(new Refused('x'.repeat(20_000)), { cell: new WeakMap() }))) as Refused;
    expect(back).toBeInstanceOf(Refused);
    expect([back.status, back.message]).toEqual([
      7,
      expect.stringMatching(/more characters were cut\) \(not sent: cell\)$/),
    ]);
  });

  test('or the one of the language that it descends from', async () => {
    const system = thrownBy(() => readFileSync({} as string));
    expect(await sent(system)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', constructor: TypeError });
  });

  test('one that is an export of Node goes by reference', async () => {
    expect(await sent(new AssertionError({ actual: 1, expected: 2 }))).toBeInstanceOf(AssertionError);
  });

  test('and so do the errors of an aggregate', async () => {
    const back = (await sent(new AggregateError([new Refused('y'.repeat(20_000)), 'text'], 'two'))) as AggregateError;
    expect(back.errors).toEqual([expect.any(Refused), 'text']);
    expect((back.errors[0] as Refused).message).toMatch(/more characters were cut\)$/);
  });
});

test('hidden fields that cannot travel are dropped without a word', () => {
  const error = Object.defineProperty(new Error('plain'), 'internals', { value: new WeakMap(), enumerable: false });
  expect((there(error) as Error).message).toBe('plain');
});
