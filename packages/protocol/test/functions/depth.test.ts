import { afterAll, describe, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import { ClassIdentities, decodeValue, encodeValue, FunctionDecoder, FunctionEncoder } from '../../src/index.js';
import type { CallableValue } from '../../src/index.js';

const NODES = 100_000;

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

interface Node {
  readonly value: unknown;
  readonly next: Node | undefined;
}

class ListNode implements Node {
  readonly value: unknown;
  readonly next: Node | undefined;

  constructor(value: unknown, next: Node | undefined) {
    this.value = value;
    this.next = next;
  }
}

function listOf(last: unknown, make: (value: unknown, next: Node | undefined) => Node): Node {
  let node = make(last, undefined);
  for (let i = 1; i < NODES; i++) node = make(i, node);
  return node;
}

const plain = (value: unknown, next: Node | undefined): Node => ({ value, next });
const instance = (value: unknown, next: Node | undefined): Node => new ListNode(value, next);

function lengthOf(list: Node): number {
  let length = 0;
  for (let at: Node | undefined = list; at !== undefined; at = at.next) length++;
  return length;
}

function decoder(): FunctionDecoder {
  return new FunctionDecoder({ root: process.cwd(), identities: new ClassIdentities() });
}

async function restored(fn: CallableValue): Promise<(...args: unknown[]) => unknown> {
  return (await decoder().load(encoder.capture(fn))) as (...args: unknown[]) => unknown;
}

function refusalOf(action: () => unknown): { readonly reason: unknown; readonly message: string } {
  try {
    action();
  } catch (error) {
    if (isGridError(error)) return { reason: error.details['reason'], message: error.message };
    throw error;
  }
  return { reason: 'none', message: '' };
}

describe('depth costs no stack', () => {
  test.each([
    ['plain objects', plain],
    ['instances of a class', instance],
  ])('a list of 100 000 nodes is captured, and passed: %s', async (_, make) => {
    const list = listOf(0, make);
    expect(lengthOf((await restored(() => list))() as Node)).toBe(NODES);
    const payload = encodeValue([list], { code: encoder });
    expect(lengthOf((decodeValue(payload, { code: decoder() }) as [Node])[0])).toBe(NODES);
  });

  test('functions that call one another by thousands', async () => {
    let fn = (x: number): number => x;
    for (let i = 0; i < 3000; i++) {
      const inner = fn;
      fn = (x) => inner(x) + 1;
    }
    expect((await restored(fn))(5)).toBe(3005);
  });

  test('shared state at the far end of such a chain is shared', async () => {
    let calls = 0;
    let fn = (): number => ++calls;
    const count = (): number => calls;
    for (let i = 0; i < 500; i++) {
      const inner = fn;
      fn = () => inner();
    }
    const outer = fn;
    expect((await restored(() => [outer(), outer(), count()]))()).toEqual([1, 2, 2]);
  });
});

describe('what is refused far inside has a trail that can be read', () => {
  test('in a list', () => {
    const list = listOf(Promise.resolve(), plain);
    const { reason, message } = refusalOf(() => encoder.capture(() => list));
    expect([reason, message.length < 2000]).toEqual(['PROMISE', true]);
    expect(message).toMatch(/variable 'list' → \.next → [^\n]* more … → [^\n]*\.next → \.value\n/);
  });

  test('in a chain of functions', () => {
    const held = Promise.resolve();
    let fn = (): unknown => held;
    for (let i = 0; i < 2000; i++) {
      const inner = fn;
      fn = () => inner();
    }
    const { reason, message } = refusalOf(() => encoder.capture(fn));
    expect([reason, message.length < 5000]).toEqual(['PROMISE', true]);
    expect(message).toMatch(/… \d+ functions more …[^]*variable 'held'/);
  });
});

test('what needs stack on the other side too is refused by name, never by a bare RangeError', () => {
  let bound = (): number => 1;
  for (let i = 0; i < 3000; i++) bound = bound.bind(null);
  expect(refusalOf(() => encoder.capture(bound)).reason).toBe('DEEP');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the only way to a function with so long a text
  const sum = new Function('x', `return x${'+1'.repeat(20_000)}`) as CallableValue;
  expect(refusalOf(() => encoder.capture(sum)).reason).toBe('DEEP');
});

test('a million numbers are captured in less time than JSON takes to write them', () => {
  const numbers = Array.from({ length: 1_000_000 }, (_, i) => i / 2);
  const rounds = [1, 2, 3, 4, 5].map((n) => [
    millisecondsOf(() => encoder.capture(() => (numbers[n] ?? 0) + n)),
    millisecondsOf(() => JSON.stringify(numbers)),
  ]);
  const [captured, written] = [0, 1].map((i) => Math.min(...rounds.map((round) => round[i] as number)));
  // In fact it is a quarter.
  expect(captured).toBeLessThan(written as number);
});

function millisecondsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
