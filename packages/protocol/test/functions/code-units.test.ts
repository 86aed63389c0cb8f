import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FunctionDecoder, FunctionEncoder } from '../../src/index.js';
import type { CallableValue, FunctionPayload } from '../../src/index.js';
import { Programs } from './programs.js';

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

const adder = (k: number): CallableValue => {
  return (x: number) => x + k;
};

describe('the code of a function', () => {
  test('is the same for all closures of one place, and apart from what they capture', () => {
    const [one, two] = [adder(1), adder(2)].map((fn) => encoder.capture(fn)) as [FunctionPayload, FunctionPayload];
    expect(one.units).toEqual(two.units);
    expect(one.hash).not.toBe(two.hash);
    const [unit] = one.units;
    expect(Buffer.from(unit?.body ?? []).includes('x + k')).toBe(true);
    expect(Buffer.from(one.payload.body).includes('x + k')).toBe(false);
  });

  test('need not come again with the next function', async () => {
    const decoder = new FunctionDecoder({ root: '/' });
    await decoder.load(encoder.capture(adder(3)));
    const second = (await decoder.load({ ...encoder.capture(adder(4)), units: [] })) as (x: number) => number;
    expect(second(1)).toBe(5);
  });

  test('that never came is told of', async () => {
    const fn = { ...encoder.capture(adder(5)), units: [] };
    await expect(new FunctionDecoder({ root: '/' }).load(fn)).rejects.toMatchObject({
      code: 'GRID_PROTOCOL_BAD_VALUE',
    });
  });
});

describe('programs', () => {
  let programs: Programs;
  beforeAll(async () => {
    programs = await Programs.build();
  }, 60_000);
  afterAll(() => programs[Symbol.asyncDispose]());

  test('a unit is evaluated once, however many functions are made of it', async () => {
    const world = await programs.write({});
    const outcome = await programs.run(
      world,
      'main.mjs',
      `
      const encoder = new lib.FunctionEncoder();
      const decoder = new lib.FunctionDecoder({ root: '/' });
      const made = await Promise.all(Array.from({ length: 50 }, (_, i) => decoder.load(encoder.capture((x) => x + i))));
      const session = new (await import('node:inspector')).Session();
      session.connect();
      const urls = [];
      session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
      session.post('Debugger.enable');
      return [made.map((fn) => fn(1)).join() === made.map((_, i) => i + 1).join(), urls.filter((url) => url.startsWith('grid-task:')).length];`,
    );
    expect(outcome).toEqual([true, 1]);
  });

  test('is evaluated where code must not be made from strings, and names its file either way', async () => {
    const world = await programs.write({ "it's here/send.mjs": "export const fn = () => { throw new Error('x') };" });
    const body = `
      const { fn } = await import("./it's here/send.mjs");
      const encoder = new lib.FunctionEncoder();
      const restored = await new lib.FunctionDecoder({ root: '/' }).load(encoder.capture(() => fn()));
      try { restored(); } catch (error) { return [error.stack.split('\\n')[1], encoder.mapStack(error.stack).split('\\n')[1]]; }`;
    for (const flags of [[], ['--disallow-code-generation-from-strings']]) {
      expect(await programs.run(world, 'main.mjs', body, flags)).toEqual([
        expect.stringMatching(/at fn \(grid-task:[^ ']*it%27s%20here\/send\.mjs:\d+:\d+\)$/),
        expect.stringMatching(/at fn \(\/.*\/it's here\/send\.mjs:1:33\)$/),
      ]);
    }
  });

  test('100 000 texts are evaluated in a heap of 64 MB', async () => {
    const world = await programs.write({});
    const outcome = await programs.run(
      world,
      'main.mjs',
      `
      const { createHash } = await import('node:crypto');
      const sha256 = (data) => createHash('sha256').update(data).digest('hex');
      const encoder = new lib.FunctionEncoder();
      const { payload, units: [unit], ...rest } = encoder.capture((x) => x + 100000);
      const record = lib.decodeValue({ body: unit.body, buffers: [] });
      const decoder = new lib.FunctionDecoder({ root: '/' });
      let sum = 0;
      for (let i = 0; i < 100000; i++) {
        const text = record.text.replace('100000', String(i));
        const { body } = lib.encodeValue({ ...record, text, hash: sha256(text) });
        const hash = sha256(body);
        const changed = Buffer.from(payload.body);
        changed.write(hash, changed.indexOf(unit.hash), 'latin1');
        const fn = await decoder.load({ ...rest, hash, payload: { body: new Uint8Array(changed), buffers: [] }, units: [{ hash, body }] });
        sum += fn(1);
      }
      return sum;`,
      ['--max-old-space-size=64'],
    );
    expect(outcome).toBe((100_000 * 99_999) / 2 + 100_000);
  }, 120_000);
});
