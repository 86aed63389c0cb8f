import { describe, expect, it } from '@jest/globals';

import { payloadHasFutures } from './payload.js';
import { decodeValue } from './value-decoder.js';
import { encodeValue, ValueEncoder } from './value-encoder.js';

const FUTURE = Symbol.for('grid.future');

class FakeFuture {
  readonly [FUTURE] = undefined;

  constructor(readonly key: string) {}
}

const ACTOR = Symbol.for('grid.actor');

class FakeActor {
  readonly [ACTOR]: object;

  constructor(
    readonly key: string,
    about: object,
  ) {
    this[ACTOR] = about;
  }
}

const keyOfFuture = (future: object): string | undefined => (future as FakeFuture).key;
const futureOf = (key: string, actor?: unknown): object =>
  actor === undefined ? new FakeFuture(key) : new FakeActor(key, actor as object);

describe('futures in values', () => {
  it('go as their keys and come back as futures, one for each', () => {
    const future = new FakeFuture('a-ü-1');
    const payload = encodeValue({ future, list: [future, new FakeFuture('b')] }, { keyOfFuture });
    expect(payloadHasFutures(payload)).toBe(true);
    const value = decodeValue(payload, { futureOf }) as { future: FakeFuture; list: FakeFuture[] };
    expect([value.future.key, value.list[1]?.key]).toEqual(['a-ü-1', 'b']);
    expect(value.list[0]).toBe(value.future);
  });

  it('are refused, with the path to them, where there is no place for them', () => {
    const refused = { details: expect.objectContaining({ reason: 'FUTURE', path: expect.stringContaining('list') }) };
    for (const options of [{}, { keyOfFuture: () => undefined }]) {
      expect(() => encodeValue({ list: [new FakeFuture('a')] }, options)).toThrow(expect.objectContaining(refused));
    }
    expect(() => decodeValue(encodeValue(new FakeFuture('a'), { keyOfFuture }))).toThrow(/future/);
  });

  it('are announced only by the value that has one', () => {
    const encoder = new ValueEncoder();
    expect(payloadHasFutures(encoder.encode([new FakeFuture('a')], { keyOfFuture }))).toBe(true);
    expect(payloadHasFutures(encoder.encode([1], { keyOfFuture }))).toBe(false);
  });
});

describe('handles of actors in values', () => {
  const about = { worker: 'tcp://127.0.0.1:1', methods: ['inc'] };

  it('go as their keys, with what describes the actor, and come back as handles, one for each', () => {
    const actor = new FakeActor('counter-1', about);
    const payload = encodeValue([about, actor, { again: actor }, new FakeFuture('b')], { keyOfFuture });
    expect(payloadHasFutures(payload)).toBe(true);
    const value = decodeValue(payload, { futureOf }) as [object, FakeActor, { again: FakeActor }, FakeFuture];
    expect(value[1]).toBeInstanceOf(FakeActor);
    expect([value[1].key, value[1][ACTOR]]).toEqual(['counter-1', about]);
    expect(value[2].again).toBe(value[1]);
    expect(value[3]).toBeInstanceOf(FakeFuture);
  });

  it('are refused, with the path to them, where there is no place for them', () => {
    const refused = { details: expect.objectContaining({ reason: 'FUTURE', path: expect.stringContaining('list') }) };
    expect(() => encodeValue({ list: [new FakeActor('a', about)] })).toThrow(expect.objectContaining(refused));
    expect(() => decodeValue(encodeValue(new FakeActor('a', about), { keyOfFuture }))).toThrow(/future/);
  });
});
