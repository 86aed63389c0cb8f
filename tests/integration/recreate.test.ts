import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Future } from '@grid/client';
import { asKey } from '@grid/common';
import { GraphBuilder } from '@grid/graph';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => rig[Symbol.asyncDispose]());

const add = (a: number, b: number): number => a + b;

/** Says in which process it was called, and fails. */
function failHere(values: readonly number[]): never {
  throw Object.assign(new RangeError(`cannot take ${values.join(' ')}`), { pid: process.pid });
}

describe('recreateErrorLocally', () => {
  it('runs the function that failed in this process, with the values of its dependencies', async () => {
    const parts = rig.client.map((x: number) => x * 2, [1, 2]);
    using failing = rig.client.submit(failHere, [parts]);
    const remote = await failing.exception();
    expect(remote).toMatchObject({ message: 'cannot take 2 4' });
    expect((remote as { pid?: number }).pid).not.toBe(process.pid);
    const local = await rejection(rig.client.recreateErrorLocally(failing));
    expect(local).toBeInstanceOf(RangeError);
    expect(local).toMatchObject({ message: 'cannot take 2 4', pid: process.pid });
  });

  it('calls this very function, in which breakpoints are', async () => {
    const calls: number[] = [];
    let isHere = false;
    const fn = (x: number): number => {
      if (isHere) calls.push(x);
      throw new Error('in any case');
    };
    using future = rig.client.submit(fn, [7]);
    await future.exception();
    await rejection(rig.client.recreateErrorLocally(future));
    // What `fn` captures is what was sent, so it is itself that was called; from here on it is another.
    isHere = true;
    await rejection(rig.client.recreateErrorLocally(future));
    expect(calls).toEqual([]);
    using again = rig.client.submit(fn, [8]);
    await again.exception();
    await rejection(rig.client.recreateErrorLocally(again));
    expect(calls).toEqual([8]);
  });

  it('restores the function as it was sent if the program has changed what it captures', async () => {
    let limit = 10;
    const check = (x: number): string => {
      if (x < limit) throw new Error(`${String(x)} is below ${String(limit)}`);
      return 'fine';
    };
    using future = rig.client.submit(check, [5]);
    await future.exception();
    limit = 0;
    expect(await rejection(rig.client.recreateErrorLocally(future))).toMatchObject({ message: '5 is below 10' });
  });

  it('finds the task that failed first, however far down', async () => {
    using root = rig.client.submit(failHere, [[1]], { key: 'recreate-root' });
    using middle = rig.client.submit(add, [root, 1]);
    using last = rig.client.submit(add, [middle, 1]);
    expect(await rejection(rig.client.recreateErrorLocally(last))).toMatchObject({ pid: process.pid });
    using found = await rig.client.getErroredFuture(last);
    expect([found.key, found.status]).toEqual(['recreate-root', 'error']);
  });

  it('computes dependencies again whose results nobody kept', async () => {
    const builder = new GraphBuilder();
    const one = builder.call('recreate-one', () => [20], []);
    builder.call('recreate-fails', failHere, [one]);
    const [future] = rig.client.submitGraph(builder.build(), [asKey('recreate-fails')]) as [Future<never>];
    await future.exception();
    expect(await rejection(rig.client.recreateErrorLocally(future))).toMatchObject({
      message: 'cannot take 20',
      pid: process.pid,
    });
    future.release();
  });

  it('refuses futures that did not fail, and those of others', async () => {
    using fine = rig.client.submit(add, [1, 2]);
    expect(await rejection(rig.client.recreateErrorLocally(fine))).toMatchObject({
      code: 'GRID_CLIENT_NOT_RECREATED',
    });
    expect(await rejection(rig.client.getErroredFuture(fine))).toMatchObject({ code: 'GRID_CLIENT_NOT_RECREATED' });
    const other = await Client.connect(rig.cluster);
    expect(await rejection(other.recreateErrorLocally(fine))).toMatchObject({ code: 'GRID_CLIENT_FOREIGN_FUTURE' });
    await other.close();
    expect(await rejection(other.recreateErrorLocally(fine))).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    const given = 'no future' as unknown as Future<unknown>;
    expect(await rejection(rig.client.recreateErrorLocally(given))).toMatchObject({
      code: 'GRID_CLIENT_FOREIGN_FUTURE',
    });
    using stuck = rig.client.submit(add, [1, 3], { workers: 'nobody' });
    const late = rig.client.recreateErrorLocally(stuck, { timeout: 50 });
    expect(await rejection(late)).toMatchObject({ code: 'GRID_CLIENT_TIMEOUT' });
    stuck.cancel();
    expect(await rejection(rig.client.recreateErrorLocally(stuck))).toMatchObject({
      code: 'GRID_CLIENT_NOT_RECREATED',
    });
  });
});

describe('recreateTaskLocally', () => {
  it('runs any task here, and gives its result', async () => {
    using one = rig.client.submit((x: number) => [x, process.pid], [1], { pure: false });
    expect(await rig.client.recreateTaskLocally(one)).toEqual([1, process.pid]);
    using twice = rig.client.submit((a: number[], b: number[]) => [a, b], [one, one]);
    const [a, b] = await rig.client.recreateTaskLocally(twice);
    expect(a).toEqual(b);
    using large = rig.client.submit((data: Float64Array) => data.length, [new Float64Array(10_000)]);
    expect(await rig.client.recreateTaskLocally(large)).toBe(10_000);
  });

  it('runs tasks of others whose code may be evaluated here', async () => {
    await using other = await Client.connect(rig.cluster);
    const offset = 5;
    using theirs = other.submit((x: number) => x + offset, [1], { key: 'recreate-theirs' });
    await other.datasets.publish('recreate-shared', theirs);
    using ours = (await rig.client.datasets.get('recreate-shared')) as Future<number>;
    expect(await rig.client.recreateTaskLocally(ours)).toBe(6);
    await using wary = await Client.connect(rig.cluster, { trustWorkers: false });
    using seen = (await wary.datasets.get('recreate-shared')) as Future<number>;
    const refused = await rejection(wary.recreateTaskLocally(seen));
    expect(refused).toMatchObject({ code: expect.stringMatching(/^GRID_PROTOCOL_/) as unknown });
    await rig.client.datasets.unpublish('recreate-shared');
  });

  it('refuses data that was scattered', async () => {
    const [data] = await rig.client.scatter([[1, 2]]);
    expect(await rejection(rig.client.recreateTaskLocally(data as Future<unknown>))).toMatchObject({
      code: 'GRID_CLIENT_NOT_RECREATED',
    });
  });
});
