import { expect, test } from '@jest/globals';
import { decodeError, encodeError, errorText } from '../../src/index.js';

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
