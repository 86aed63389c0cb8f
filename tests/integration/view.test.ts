import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkersError } from '@grid/client';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';

let rig: Rig;
let workers: string[];

beforeAll(async () => {
  rig = await startRig();
  workers = Object.keys(await rig.client.nthreads()).sort();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

describe('a view', () => {
  it('runs a function on each worker, with what it captures', async () => {
    const by = 3;
    const results = await rig.client.view().apply((n: number) => [n * by, process.pid] as const, [4]);
    expect(Object.keys(results).sort()).toEqual(workers);
    expect(new Set(Object.values(results).map(([, pid]) => pid)).size).toBe(2);
    expect(Object.values(results).map(([n]) => n)).toEqual([12, 12]);
  });

  it('is of those workers that it was asked for, by address or name', async () => {
    const [first = ''] = workers;
    expect(await rig.client.view(first).workers()).toEqual([first]);
    expect(Object.keys(await rig.client.view(['0', '1']).apply(() => 1)).sort()).toEqual(workers);
    expect(
      Object.keys(
        await rig.client
          .view()
          .with({ workers: [first] })
          .apply(() => 1),
      ),
    ).toEqual([first]);
    await expect(rig.client.view('nobody').apply(() => 1)).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
  });

  it('leaves values on workers under names, a copy each', async () => {
    const view = rig.client.view();
    const table = new Float64Array([1, 2, 3]);
    await view.push({ table, factor: 2 });
    await view.execute((names) => {
      const values = names['table'] as Float64Array;
      names['sum'] = values.reduce((a, b) => a + b, 0) * (names['factor'] as number);
      values[0] = 99;
      delete names['factor'];
    });
    expect(Object.values(await view.pull('sum'))).toEqual([12, 12]);
    expect(table[0]).toBe(1);
    const [first = '', second = ''] = workers;
    await rig.client.view(first).push({ sum: 0 });
    expect(await view.pull(['sum', 'table'])).toEqual({
      [first]: { sum: 0, table: new Float64Array([99, 2, 3]) },
      [second]: { sum: 12, table: new Float64Array([99, 2, 3]) },
    });
  });

  it('says which names there are where one is missing', async () => {
    await rig.client.view().push({ here: 1 });
    await expect(rig.client.view().pull('there')).rejects.toThrow(/nothing was pushed as 'there'.*here/);
  });

  it('refuses to push what has no name', async () => {
    const push = rig.client.view().push(5 as never);
    await expect(push).rejects.toMatchObject({ code: 'GRID_CLIENT_BAD_ARGUMENT' });
  });

  it('maps items over its workers, a stretch each, and keeps their order', async () => {
    const results = await rig.client.view().map(async (n: number) => [n, process.pid] as const, [1, 2, 3, 4, 5]);
    expect(results.map(([n]) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(results.map(([, pid]) => pid)).size).toBe(2);
    expect(await rig.client.view().map((n: number) => n, [])).toEqual([]);
    expect(await rig.client.view().map((n: number) => n + 1, [1])).toEqual([2]);
  });

  it('fails with the errors of all workers by name, and what the others gave', async () => {
    const [first = '', second = ''] = workers;
    await rig.client.view(first).push({ broken: true });
    await rig.client.view(second).push({ broken: false });
    function check(names: Record<string, unknown>): string {
      if (names['broken'] === true) throw new RangeError('broken here');
      return 'fine';
    }
    const error = await rejection(rig.client.view().execute(check));
    expect(error).toBeInstanceOf(WorkersError);
    const { failures, results, errors, message, code } = error as WorkersError;
    expect(code).toBe('GRID_CLIENT_WORKERS_FAILED');
    expect(Object.keys(failures)).toEqual([first]);
    expect(failures[first]).toBeInstanceOf(RangeError);
    expect(errors).toHaveLength(1);
    expect(results).toEqual({ [second]: 'fine' });
    expect(message).toContain(`check failed on 1 of 2 workers: ${first}: broken here`);
    const all = (await rejection(
      rig.client.view().map(
        (n: number) => {
          throw new TypeError(`no ${String(n)}`);
        },
        [1, 2],
      ),
    )) as WorkersError;
    expect(Object.keys(all.failures).sort()).toEqual(workers);
  });

  it('is of no use once the client is closed', async () => {
    const { Client } = await import('@grid/client');
    const client = await Client.connect(rig.cluster);
    const view = client.view();
    await client.close();
    await expect(view.apply(() => 1)).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    expect(() => client.view()).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_CLOSED' }));
  });
});
