import { Encoder, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import { allDefinitions, encodeValue, MessageCodec, NumberedTexts, textColumn } from '../../src/index.js';
import type { Envelope, Message, MessageFrames } from '../../src/index.js';
import { mutated } from './fuzz.js';

const failure = { error: encodeValue(new Error('x')), name: 'Error', message: 'x', stack: '' };
const rows = { block: new Uint8Array(40), ends: Uint32Array.from({ length: 20 }, (_, i) => i * 2) };
const messages: Message[] = [
  { op: 'register-client', clientId: 'c', name: 'n', versions: { node: 'v20', deep: [{ a: null }] } },
  {
    op: 'tasks-finished',
    types: [{ id: 0, name: 'number' }],
    taskIds: [1],
    runIds: [2 ** 40],
    sizes: [1.5],
    typeIds: [0],
    starts: [1],
    durations: [2],
    results: rows,
  },
  { op: 'keys-erred', ids: [1, 2], blame: 'k', worker: 'tcp://w', failure },
  { op: 'desire-keys', ids: Array.from({ length: 30 }, (_, i) => i), keys: new NumberedTexts('inc-', 0, 30) },
  {
    op: 'put-data',
    values: {
      taskIds: [1],
      keys: textColumn(['x', 'ü']),
      payloads: [{ body: new Uint8Array(3), buffers: [new Uint8Array(5000)] }],
    },
  },
  { op: 'worker-status-change', status: 'paused' },
];
const codec = new MessageCodec();
// The encoder's memory is used again by the next message.
const headers = messages.map((message): Uint8Array => {
  const envelope: Envelope = { message, requestId: 3 };
  return (codec.encode([envelope])[0] as Uint8Array).slice();
});

const names = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', 'then', 'toString'));

/** Anything that MessagePack can say. */
const anyField = fc.letrec<{ field: unknown }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, NaN, Infinity, ''),
    fc.nat(),
    fc.string({ maxLength: 20 }),
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 24 }))
      .map(([type, data]) => new ExtData(type, data)),
    fc.array(tie('field'), { maxLength: 6 }),
    // A Map, since that can hold any name; what is sent is the same.
    fc.array(fc.tuple(names, tie('field')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).field;

const encoder = new Encoder({ ignoreUndefined: false });
const header = fc
  .array(
    fc.tuple(
      fc.constantFrom(...allDefinitions.map(({ code }) => code), -1, 9999),
      fc.oneof(fc.nat(9), anyField),
      fc.array(anyField, { maxLength: 12 }),
    ),
    { maxLength: 3 },
  )
  .map((envelopes) => encodeMaps(envelopes.map(([code, id, fields]) => [code, id, ...fields])));

/** The library writes maps from objects only, which cannot have every name. */
function encodeMaps(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  writeMaps(value, parts);
  return new Uint8Array(Buffer.concat(parts));
}

function writeMaps(value: unknown, parts: Uint8Array[]): void {
  if (Array.isArray(value)) {
    parts.push(Uint8Array.of(0xdc, value.length >> 8, value.length & 0xff));
    for (const item of value as unknown[]) writeMaps(item, parts);
  } else if (value instanceof Map) {
    parts.push(Uint8Array.of(0xde, 0, value.size));
    for (const [name, item] of value as Map<string, unknown>) {
      writeMaps(name, parts);
      writeMaps(item, parts);
    }
  } else parts.push(encoder.encode(value).slice());
}

/** Frames of messages that are mutated, made up field by field, or nothing at all. */
export const hostileFrames: fc.Arbitrary<MessageFrames> = fc
  .tuple(
    fc.oneof(
      mutated(headers).map(({ bytes }) => bytes),
      header,
      fc.uint8Array({ maxLength: 100 }),
    ),
    fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 2 }),
  )
  .map(([first, segments]) => [first, ...segments]);
