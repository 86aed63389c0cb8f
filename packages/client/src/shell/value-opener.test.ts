import { afterAll, expect, test } from '@jest/globals';
import { ClassIdentities, encodeValue, FunctionDecoder, FunctionEncoder } from '@grid/protocol';

import { ValueOpener } from './value-opener.js';

// A worker that somebody else has taken over, and a client that trusts it with nothing.
const worker = new FunctionEncoder({ identities: new ClassIdentities() });
const client = new FunctionEncoder();
afterAll(() => {
  worker.close();
  client.close();
});
const decoder = new FunctionDecoder({ root: process.cwd(), mayEvaluate: (hash) => client.hasMade(hash) });
const noFutures = (): never => {
  throw new TypeError('there are no futures in these');
};
const opener = new ValueOpener(decoder, client, noFutures);

const MARK = 'gridTestWasCalled';
const call = Object.defineProperty.bind(null, globalThis, MARK, { value: 1, configurable: true });

test('fetching a result calls nothing of it, though awaiting it would', async () => {
  const getter = Object.defineProperty({}, 'then', { get: call, enumerable: true });
  for (const trap of [{ then: call }, { then: process.abort }, getter]) {
    const payload = encodeValue(trap, { code: worker, exact: true });
    await expect(opener.open(payload)).rejects.toMatchObject({
      code: expect.stringMatching(/^GRID_(?:CLIENT_BAD_RESULT|PROTOCOL_FUNCTION_LOAD)$/),
    });
    expect(await opener.openError(payload)).toMatchObject({ code: expect.stringMatching(/^GRID_PROTOCOL_/) });
  }
  expect(MARK in globalThis).toBe(false);
});

test('what is named then and is no function is data', async () => {
  const value = { then: [1], deep: { then: null } };
  expect(await opener.open(encodeValue(value))).toStrictEqual(value);
  expect(await opener.open(encodeValue([value, { f: Math.max }], { code: worker }))).toStrictEqual([
    value,
    { f: Math.max },
  ]);
});

test('functions that come with arguments of another process are refused, unless that is trusted', async () => {
  const payload = encodeValue({ f: Math.max.bind(null, 5) }, { code: worker });
  await expect(opener.open(payload)).rejects.toMatchObject({
    details: expect.objectContaining({ reason: 'UNTRUSTED' }),
  });
  const trusting = new ValueOpener(new FunctionDecoder({ root: process.cwd() }), client, noFutures);
  const { f } = (await trusting.open(payload)) as { f: (x: number) => number };
  expect(f(3)).toBe(5);
});
