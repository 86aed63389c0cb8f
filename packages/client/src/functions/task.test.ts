import { afterAll, describe, expect, it } from '@jest/globals';
import { isGridError } from '@grid/common';
import { decodeValue, encodeValue, FunctionDecoder, FunctionEncoder, type CallableValue } from '@grid/protocol';

import { importTask } from './import-task.js';
import { task } from './task.js';

const encoder = new FunctionEncoder();
const decoder = new FunctionDecoder({ root: process.cwd() });
afterAll(() => encoder.close());

/** What a function gives after it has travelled. */
async function runElsewhere(fn: CallableValue, ...args: unknown[]): Promise<unknown> {
  const restored = (await decoder.load(encoder.capture(fn))) as (...values: unknown[]) => unknown;
  return restored(...args);
}

interface Refused {
  readonly reason: unknown;
  readonly message: string;
}

function refusalOf(fn: CallableValue): Refused {
  try {
    encoder.capture(fn);
  } catch (error) {
    if (isGridError(error, 'GRID_PROTOCOL_CAPTURE')) return { reason: error.details['reason'], message: error.message };
    throw error;
  }
  return { reason: 'captured', message: '' };
}

const offset = 41;
const base = 10;
const shift = (x: number): number => x + offset;

describe('a described function', () => {
  it('does here what the function does', () => {
    const held = {
      by: 3,
      times(this: { by: number }, x: number): number {
        return this.by * x;
      },
    };
    expect(task(shift)(1)).toBe(42);
    expect(task(held.times).call(held, 2)).toBe(6);
  });

  it('is called as the function is, or as was said', () => {
    expect(encoder.capture(task(shift)).name).toBe('shift');
    expect(encoder.capture(task(shift, { name: 'move' })).name).toBe('move');
    expect(task(task(shift, { name: 'move' })).name).toBe('move');
  });

  it('without captures has those that it is seen to use, and the same hash as the function', async () => {
    expect(await runElsewhere(task(shift), 1)).toBe(42);
    expect(encoder.capture(task(shift, { name: 'move' })).hash).toBe(encoder.capture(shift).hash);
  });

  it('may stand in an argument or in a captured value', async () => {
    const given = task(shift, { captures: { offset } });
    const outer = (x: number): number => given(x) + base;
    expect(await runElsewhere(outer, 1)).toBe(52);
    const payload = encodeValue([given, { given }], { code: encoder });
    await decoder.prepare(payload);
    const [first, { given: second }] = decodeValue(payload, { code: decoder }) as [typeof shift, { given: unknown }];
    expect(first(1)).toBe(42);
    expect(second).toBe(first);
  });
});

describe('captures', () => {
  it('are all that a function has of its surroundings, with the values given', async () => {
    expect(await runElsewhere(task(shift, { captures: { offset: 1 } }), 1)).toBe(2);
    const nested = task((key: string) => [1, 2].map((x) => `${key}${String(x + offset)}`), { captures: { offset } });
    expect(await runElsewhere(nested, 'k')).toEqual(['k42', 'k43']);
  });

  it('leave no other name: the error names it and says what to do', () => {
    const { reason, message } = refusalOf(task((x: number) => x + offset + base, { captures: { offset } }));
    expect(reason).toBe('NOTGIVEN');
    expect(message).toMatch(/it uses 'base', which is neither a global nor among its captures/);
    expect(message).toMatch(/add it to the captures: \{ base \}/);
    expect(refusalOf(task(shift, { captures: {} })).reason).toBe('NOTGIVEN');
  });

  it('need not hold globals, own names, nor what is only asked for by typeof', async () => {
    const factorial = function self(n: number): number {
      return n < 2 ? 1 : n * self(n - 1);
    };
    expect(await runElsewhere(task(factorial, { captures: {} }), 5)).toBe(120);
    const guarded = task(() => [typeof offset, Math.max(1, 2), typeof process.pid], { captures: {} });
    expect(await runElsewhere(guarded)).toEqual(['undefined', 2, 'number']);
  });

  it('hold functions that have no variables, or say themselves which', async () => {
    const double = (x: number): number => x * 2;
    expect(
      await runElsewhere(
        task((x: number) => double(x) + offset, { captures: { double, offset } }),
        1,
      ),
    ).toBe(43);
    const fn = (x: number): number => shift(x) * 2;
    const { reason, message } = refusalOf(task(fn, { captures: { shift } }));
    expect(reason).toBe('NOTGIVEN');
    expect(message).toMatch(/variable 'shift'\n\s+function 'shift'/);
    expect(message).toMatch(/task\(shift, \{ captures: \{ offset \} \}\)/);
    expect(await runElsewhere(task(fn, { captures: { shift: task(shift, { captures: { offset } }) } }), 1)).toBe(84);
  });

  it('hold classes, data and what is imported on the worker', async () => {
    class Point {
      constructor(readonly x: number) {}
      get twice(): number {
        return this.x * 2;
      }
    }
    const join = importTask('node:path', 'join');
    const fn = task((a: string) => [new Point(3).twice, origin.twice, join(a, 'b')], {
      captures: { Point, origin: new Point(4), join },
    });
    const origin = new Point(4);
    expect(await runElsewhere(fn, 'a')).toEqual([6, 8, 'a/b']);
  });

  it('that cannot travel are refused with the way to them', () => {
    const pending = { inner: Promise.resolve() };
    const { reason, message } = refusalOf(task(() => pending, { captures: { pending }, name: 'wait' }));
    expect(reason).toBe('PROMISE');
    expect(message).toMatch(/cannot send function 'wait'[^]*variable 'pending' → \.inner/);
  });

  it('have the values of the moment of each capture', async () => {
    const config = { rate: 1 };
    const fn = task(() => config.rate, { captures: { config } });
    expect(await runElsewhere(fn)).toBe(1);
    config.rate = 2;
    expect(await runElsewhere(fn)).toBe(2);
  });

  it('do not bind what stands deep in them: that keeps to the same rules', () => {
    let deep: unknown = shift;
    for (let level = 0; level < 400; level += 1) deep = { deep };
    expect(refusalOf(task(() => deep, { captures: { deep } })).reason).toBe('NOTGIVEN');
  });
});

describe('writes to captured variables', () => {
  let total = 0;
  const add = (x: number): number => (total += x);

  it('are refused unless they are allowed; then a task works on a copy', async () => {
    expect(refusalOf(task(add)).reason).toBe('WRITE');
    expect(refusalOf(task(add, { captures: { total: 0 } })).reason).toBe('WRITE');
    expect(await runElsewhere(task(add, { allowCaptureWrites: true }), 5)).toBe(5);
    expect(await runElsewhere(task(add, { captures: { total: 7 }, allowCaptureWrites: true }), 5)).toBe(12);
    expect(total).toBe(0);
  });
});

describe('options that make no sense are refused, and named', () => {
  it.each([
    [() => task(5 as never), 'fn'],
    [() => task(shift, { name: '' }), 'name'],
    [() => task(shift, { captures: 5 as never }), 'captures'],
    [() => task(importTask('node:os', 'cpus'), { captures: {} }), 'captures'],
    [() => task(importTask('node:os', 'cpus'), { byValue: ['x'] }), 'byValue'],
  ])('%s', (make, option) => {
    expect(make).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION', details: { option } }));
  });
});
