/* 55: bytes that somebody has made up, in a process whose memory is bounded. */
import { decodeValue, encodeValue, FunctionDecoder, FunctionEncoder, type Payload } from '@grid/protocol';
import { report } from './report.js';

const COUNT = 100_000;
const SLOW_MS = 1000;

class Point {
  constructor(readonly x: number) {}
}

await report(async () => {
  const encoder = new FunctionEncoder();
  const decoder = new FunctionDecoder({ root: '/' });
  const code = { code: encoder };
  const samples = [
    encodeValue([1, 'two', { three: [4, { five: 6n }] }, -0, new Map([['k', new Set([1])]]), new Date(1), /a+/g]),
    encodeValue(Array.from({ length: 40 }, (_, i) => ({ id: i, name: `n${i}` }))),
    encodeValue([new Float64Array([1, 2]), Buffer.from('abc'), new Uint8Array(2000)]),
    encodeValue([new Point(1), (x: number) => x + COUNT], code),
  ];
  const prototype = Object.getOwnPropertyNames(Object.prototype).join();
  const random = seeded(1);
  let slowest = 0;
  for (let i = 0; i < COUNT; i++) {
    const { body, buffers } = samples[i % samples.length] as Payload;
    const bytes = body.slice(0, random(8) === 0 ? random(body.length) : body.length);
    for (let edit = random(4); edit >= 0; edit--) bytes[random(bytes.length)] = random(256);
    const start = performance.now();
    decodeOrRefuse(() => decodeValue({ body: bytes, buffers }));
    slowest = Math.max(slowest, performance.now() - start);
  }
  // Code is not even looked at where data is expected.
  const [, , , withCode] = samples as [Payload, Payload, Payload, Payload];
  if (decodeOrRefuse(() => decodeValue(withCode)) !== 'refused') throw new Error('code was decoded as data');
  await decoder.prepare(withCode);
  if (decodeOrRefuse(() => decodeValue(withCode, { code: decoder })) !== 'decoded') throw new Error('good bytes fail');
  if (Object.getOwnPropertyNames(Object.prototype).join() !== prototype) throw new Error('the prototype has changed');
  if (slowest > SLOW_MS) throw new Error(`one took ${slowest} ms`);
});

function decodeOrRefuse(decode: () => unknown): 'decoded' | 'refused' {
  try {
    decode();
    return 'decoded';
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'GRID_PROTOCOL_BAD_VALUE' && code !== 'GRID_PROTOCOL_DESERIALIZE') throw error;
    return 'refused';
  }
}

/** The same numbers each time: a linear congruential generator. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return below === 0 ? 0 : Math.floor((state / 2 ** 32) * below);
  };
}
