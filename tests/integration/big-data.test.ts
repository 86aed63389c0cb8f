import { createHash, randomFillSync } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Future } from '@grid/client';

import { startRig, type Rig } from './support/start-cluster.js';

const MIB = 2 ** 20;
const BIG = 100 * MIB;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ memoryLimit: '4 GiB' });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** Bytes without a pattern that a lost or swapped part could hide in. */
function makeBytes(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}

function digest(view: ArrayBufferView): string {
  return createHash('sha1')
    .update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    .digest('hex');
}

function addresses(): [string, string] {
  const [first, second] = [...rig.cluster.workers.values()];
  return [first?.address ?? '', second?.address ?? ''];
}

describe('100 MB', () => {
  it('go from worker to worker and to the client without a changed byte', async () => {
    const [first, second] = addresses();
    using made = rig.client.submit(makeBytes, [BIG], { workers: first, pure: false });
    using there = rig.client.submit(digest, [made], { workers: first });
    using elsewhere = rig.client.submit(digest, [made], { workers: second, pure: false });
    const [a, b] = await rig.client.gather([there, elsewhere]);
    const bytes = await made.result();
    expect(b).toBe(a);
    expect([bytes.byteLength, digest(bytes)]).toEqual([BIG, a]);
  });

  it('go from the client to a worker by scatter', async () => {
    const bytes = makeBytes(BIG);
    const [data] = await rig.client.scatter([bytes], { hash: false });
    using there = rig.client.submit(digest, [data]);
    expect(await there.result()).toBe(digest(bytes));
    data.release();
  });

  it('go in many pieces at once, both ways', async () => {
    const [first, second] = addresses();
    const from = (worker: string): Future<Uint8Array>[] =>
      rig.client.map(makeBytes, new Array<number>(5).fill(10 * MIB), { workers: worker, pure: false });
    const left = from(first);
    const right = from(second);
    const there = [
      ...rig.client.map(digest, left, { workers: first }),
      ...rig.client.map(digest, right, { workers: second }),
    ];
    const crossed = [
      ...rig.client.map(digest, left, { workers: second, pure: false }),
      ...rig.client.map(digest, right, { workers: first, pure: false }),
    ];
    expect(await rig.client.gather(crossed)).toEqual(await rig.client.gather(there));
    for (const future of [...left, ...right, ...there, ...crossed]) future.release();
  });
});

describe('an array', () => {
  it.each([
    ['Float64Array', new Float64Array([1.5, -0, NaN, Infinity])],
    ['Float32Array', new Float32Array([1.5, -2])],
    ['Int8Array', new Int8Array([-128, 127])],
    ['Uint16Array', new Uint16Array([1, 65_535])],
    ['BigInt64Array', new BigInt64Array([-1n, 2n ** 62n])],
    ['Uint8ClampedArray', new Uint8ClampedArray([0, 255])],
  ])('of the kind %s comes back as what it was', async (kind, value) => {
    using future = rig.client.submit((x: unknown) => [x, Object.prototype.toString.call(x)] as const, [value]);
    expect(await future.result()).toEqual([value, `[object ${kind}]`]);
  });

  it('that is a part of a buffer brings only its part', async () => {
    const whole = new Uint8Array(1000).map((_, index) => index % 251);
    using future = rig.client.submit(
      (part: Uint8Array) => ({ bytes: part.buffer.byteLength, part }),
      [whole.subarray(10, 20)],
    );
    const { bytes, part } = await future.result();
    expect(bytes).toBeLessThan(1000);
    expect(part).toEqual(whole.slice(10, 20));
  });

  it('that stands in two places of a result stands there once', async () => {
    using future = rig.client.submit(
      (n: number) => {
        const xs = new Float64Array(n).fill(2);
        return { first: xs, second: xs, view: xs.subarray(1, 3) };
      },
      [100_000],
    );
    const { first, second, view } = await future.result();
    expect(second).toBe(first);
    expect(view.buffer).toBe(first.buffer);
    first[1] = 9;
    expect(view[0]).toBe(9);
  });

  it('of a result that the client changes is not changed on the cluster', async () => {
    using data = rig.client.submit((n: number) => new Float64Array(n).fill(1), [40_000]);
    (await data.result()).fill(5);
    expect((await data.result())[0]).toBe(1);
  });
});
