import { describe, expect, it } from '@jest/globals';
import { decode } from '@msgpack/msgpack';
import fc from 'fast-check';

import type { Message, MessageWith } from '../messages/all-messages.js';
import type { Facts } from '../messages/facts.js';
import { allDefinitions } from '../messages/all-messages.js';
import { UNTRUSTED_LIMITS } from './limits.js';
import { MessageCodec } from './message-codec.js';
import { NumberedTexts, textColumn } from './text-column.js';

function finished(rows: number): Message {
  const column = Array.from({ length: rows }, (_, row) => row);
  return {
    op: 'tasks-finished',
    types: [{ id: 0, name: 'number' }],
    taskIds: column,
    runIds: column.map((row) => row + 2 ** 33),
    sizes: column.map((row) => row * 1.5),
    typeIds: column.map(() => 0),
    starts: column,
    durations: column.map(() => 0.25),
    results: { block: new Uint8Array(rows * 64).fill(7), ends: column.map((row) => (row + 1) * 64) },
  };
}

function registered(info: Facts): MessageWith<'client-registered'> {
  return { op: 'client-registered', schedulerId: 's', info };
}

function nested(levels: number): Facts {
  let facts: Facts = {};
  for (let level = 0; level < levels; level += 1) facts = { facts };
  return facts;
}

function roundTrip(message: Message, requestId = 0): Message {
  const codec = new MessageCodec();
  const [envelope] = codec.decode(codec.encode([{ message, requestId }]));
  expect(envelope?.requestId).toBe(requestId);
  return envelope?.message as Message;
}

describe('MessageCodec', () => {
  it('gives every message a word and a number of its own', () => {
    expect(new Set(allDefinitions.map(({ code }) => code)).size).toBe(allDefinitions.length);
    expect(new Set(allDefinitions.map(({ op }) => op)).size).toBe(allDefinitions.length);
  });

  it.each([0, 1, 11, 12, 500])('brings columns of %i rows through unchanged', (rows) => {
    const sent = finished(rows);
    const received = roundTrip(sent) as typeof sent & { op: 'tasks-finished' };
    const original = sent as typeof received;
    for (const name of ['taskIds', 'runIds', 'sizes', 'typeIds', 'starts', 'durations'] as const) {
      expect(Array.from(received[name])).toEqual(Array.from(original[name]));
    }
    expect(received.results?.block).toEqual(original.results?.block);
  });

  it('keeps large byte strings out of the header and hands them over without a copy', () => {
    const block = new Uint8Array(1 << 20).fill(3);
    const codec = new MessageCodec();
    const values = {
      taskIds: [1],
      keys: textColumn(['x']),
      payloads: [{ body: new Uint8Array([1]), buffers: [block] }],
    };
    const frames = codec.encode([{ message: { op: 'put-data', values }, requestId: 4 }]);
    expect(frames[1]).toBe(block);
    expect((frames[0] as Uint8Array).length).toBeLessThan(100);
    const [received] = codec.decode(frames);
    expect(received).toMatchObject({ requestId: 4, message: { op: 'put-data' } });
  });

  it('makes the keys of a map from a prefix', () => {
    const received = roundTrip({ op: 'desire-keys', ids: [0, 1], keys: new NumberedTexts('inc-', 9, 2) });
    expect(received.op === 'desire-keys' && [received.keys.at(0), received.keys.at(1)]).toEqual(['inc-9', 'inc-10']);
  });

  it('keeps halves of a character apart that are in two rows', () => {
    const received = roundTrip({ op: 'desire-keys', ids: [0, 1, 2], keys: textColumn(['é\ud83d', '\ude00', 'x']) });
    if (received.op !== 'desire-keys') throw new TypeError(received.op);
    expect([0, 1, 2].map((row) => received.keys.at(row))).toEqual(['é\ufffd', '\ufffd', 'x']);
  });

  it('brings any texts through, at any row', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 }), (texts) => {
        const received = roundTrip({ op: 'desire-keys', ids: texts.map((_, row) => row), keys: textColumn(texts) });
        if (received.op !== 'desire-keys') throw new TypeError('another message came out');
        expect(texts.map((_, row) => received.keys.at(row))).toEqual(texts);
      }),
    );
  });

  it('writes headers that any MessagePack library reads', () => {
    const [header] = new MessageCodec().encode([{ message: { op: 'retry-keys', ids: [1, 2] }, requestId: 0 }]);
    expect(decode(header as Uint8Array)).toEqual([[5, 0, [1, 2]]]);
  });

  it('leaves fields alone that a newer peer added at the end', () => {
    const codec = new MessageCodec();
    const [known] = codec.encode([{ message: { op: 'keep-alive' }, requestId: 0 }]);
    const longer = Uint8Array.from([0x91, 0x93, ...(known as Uint8Array).slice(2), 0x05]);
    expect(codec.decode([longer])).toEqual([{ message: { op: 'keep-alive' }, requestId: 0 }]);
  });

  it('refuses a message with a field of the wrong kind, and names the field', () => {
    const codec = new MessageCodec();
    const wrong = { op: 'free-keys', taskIds: [-1], stimulusId: 1 } as const;
    expect(() => codec.decode(codec.encode([{ message: wrong, requestId: 0 }]))).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_MESSAGE', details: { field: 'taskIds' } }),
    );
  });

  it.each<[string, Message]>([
    ['a name that is too long', { op: 'register-client', clientId: 'c', name: 'x'.repeat(70_000), versions: {} }],
    ['a fact that is named __proto__', registered(JSON.parse('{"__proto__":1}') as Facts)],
    ['facts within facts without end', registered(nested(40))],
    ['a key that is too long', { op: 'desire-keys', ids: [0, 1], keys: textColumn(['short', 'ü'.repeat(40_000)]) }],
    [
      'a prefix of keys that is too long',
      { op: 'desire-keys', ids: [0], keys: new NumberedTexts('k'.repeat(70_000), 0, 1) },
    ],
    ['a count below 0', { op: 'wait-for-workers', count: -1 }],
    ['a count that is no whole number', { op: 'wait-for-workers', count: 1.5 }],
    ['a worker among others', { op: 'has-what', workers: ['a', 'b'.repeat(70_000)] }],
  ])('tells the sender of %s, which the receiver would refuse', (_, message) => {
    const codec = new MessageCodec();
    const refusal = expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_MESSAGE' });
    expect(() => codec.verify(message)).toThrow(refusal);
    expect(() => codec.decode(codec.encode([{ message, requestId: 1 }]))).toThrow(refusal);
  });

  it('cuts what people read where it is too long, and lets everything else through as it is', () => {
    const reason = 'because '.repeat(10_000);
    const message: Message = { op: 'cancel-keys', ids: [1], force: false, reason };
    new MessageCodec().verify(message);
    const received = roundTrip(message) as typeof message;
    expect(received.op === 'cancel-keys' && [received.reason.length, received.reason.at(-1)]).toEqual([65_536, '…']);
    const exact = { ...message, reason: 'x'.repeat(65_536) };
    expect(roundTrip(exact)).toEqual(exact);
  });

  it('brings facts with any other name through as data', () => {
    const info = { constructor: 1, then: { prototype: null }, toString: ['x'], hasOwnProperty: true };
    const received = roundTrip(registered(info)) as MessageWith<'client-registered'>;
    expect({ ...received.info }).toEqual({ ...info, then: expect.anything() });
    expect(Object.getPrototypeOf(received.info)).toBeNull();
  });

  it('gives strangers no more room than a handshake needs', () => {
    const codec = new MessageCodec();
    const message: Message = { op: 'keep-alive' };
    const frames = codec.encode([
      { message, requestId: 0 },
      { message, requestId: 0 },
    ]);
    expect(() => codec.decode(frames, UNTRUSTED_LIMITS)).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_MESSAGE' }),
    );
  });

  it('answers random and mutated bytes with an error of its own and nothing else', () => {
    const codec = new MessageCodec();
    const [seed] = codec.encode([{ message: finished(20), requestId: 1 }]);
    const mutated = fc
      .array(fc.tuple(fc.nat((seed as Uint8Array).length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 })
      .map((edits) => {
        const bytes = Uint8Array.from(seed as Uint8Array);
        for (const [at, byte] of edits) bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        try {
          codec.decode([bytes]);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^GRID_PROTOCOL_/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['an array of 4 Gi elements', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map of 4 Gi entries', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['bytes of 4 GiB', [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ['deep nesting', new Array<number>(500).fill(0x91)],
    ['a byte that MessagePack does not use', [0xc1]],
  ])('refuses %s before it allocates anything', (_, bytes) => {
    expect(() => new MessageCodec().decode([Uint8Array.from(bytes)])).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_MESSAGE' }),
    );
  });
});
