/* 46: a worker that gets more code than it has memory for. */
import { createHash } from 'node:crypto';
import { FunctionDecoder, FunctionEncoder, type FunctionPayload } from '@grid/protocol';
import { report } from './report.js';

const COUNT = 100_000;

await report(async () => {
  const makePayload = payloads();
  const decoder = new FunctionDecoder({ root: '/' });
  for (let i = 0; i < COUNT; i++) {
    const fn = (await decoder.load(makePayload(i))) as (x: number) => string;
    if (fn(1) !== `1 of ${numbered(i)}`) throw new Error(`function ${i} gives ${fn(1)}`);
  }
});

function numbered(i: number): string {
  return String(i).padStart(8, '0');
}

/** Payloads that differ in one text of their code, as those of as many functions would. */
function payloads(): (i: number) => FunctionPayload {
  const encoder = new FunctionEncoder();
  const { payload, name, units } = encoder.capture((x: number) => `${x} of 99999999`);
  encoder.close();
  const [unit] = units;
  if (unit === undefined) throw new Error('the function has no code');
  const code = Buffer.from(unit.body);
  const numberAt = code.indexOf('99999999');
  const end = '];})';
  const text = code.subarray(code.indexOf('(function('), code.indexOf(end) + end.length);
  const textHashAt = code.indexOf(sha256(text));
  const body = Buffer.from(payload.body);
  const unitHashAt = body.indexOf(unit.hash);
  if (numberAt < 0 || textHashAt < 0 || unitHashAt < 0) throw new Error('the code is not where it was');
  return (i) => {
    code.write(numbered(i), numberAt, 'latin1');
    code.write(sha256(text), textHashAt, 'latin1');
    const hash = sha256(code);
    body.write(hash, unitHashAt, 'latin1');
    const own = { hash, body: Uint8Array.from(code) };
    return { hash: `function ${i}`, name, payload: { body: Uint8Array.from(body), buffers: [] }, units: [own] };
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
