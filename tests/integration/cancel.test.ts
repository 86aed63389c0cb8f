import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Variable, type Future } from '@grid/client';
import { getClient } from '@grid/client/task';
import fc from 'fast-check';

import { Gate, holdAtGate } from './support/gate.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig({ threadsPerWorker: 2 });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

type Way = (x: number, input: number) => number | Promise<number>;

const ways: Readonly<Record<'quick' | 'computes' | 'waits', Way>> = {
  quick: (x: number, input: number): number => x + input,
  computes: (x: number, input: number): number => {
    const end = performance.now() + 30;
    while (performance.now() < end);
    return x + input;
  },
  waits: async (x: number, input: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return x + input;
  },
};

const KEYS = 4;

interface Act {
  readonly what: 'submit' | 'cancel' | 'release' | 'breathe';
  readonly key: number;
}

const arbitraryPlan = fc.record({
  ways: fc.array(fc.constantFrom('quick', 'computes', 'waits'), { minLength: KEYS, maxLength: KEYS }),
  acts: fc.array(
    fc.record<Act>({
      what: fc.constantFrom('submit', 'submit', 'cancel', 'release', 'breathe'),
      key: fc.nat({ max: KEYS - 1 }),
    }),
    { maxLength: 25 },
  ),
});

let round = 0;

it('gives the right result for whatever is wanted in the end, however often it was cancelled and submitted again', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryPlan, async (plan) => {
      round += 1;
      const held = Array.from({ length: KEYS }, (): Future<number>[] => []);
      /** Each key needs the one before it, which is submitted again for that. */
      const submit = (key: number): Future<number> => {
        const input = key === 0 ? 0 : submit(key - 1);
        const future = rig.client.submit(ways[plan.ways[key] ?? 'quick'], [1, input as number], {
          key: `again-${String(round)}-${String(key)}`,
        });
        held[key]?.push(future);
        return future;
      };
      const forget = (key: number): void => {
        for (const future of held[key]?.splice(0) ?? []) future.release();
      };
      for (const { what, key } of plan.acts) {
        const future = held[key]?.at(-1);
        if (what === 'submit') submit(key);
        else if (what === 'breathe') await new Promise((resolve) => setTimeout(resolve, 5));
        else if (what === 'cancel' && future !== undefined) await rig.client.cancel([future]);
        else if (what === 'release') forget(key);
      }
      const last = submit(KEYS - 1);
      expect(await last.result({ timeout: 10_000 })).toBe(KEYS);
    }),
    { numRuns: 40 },
  );
}, 120_000);

it('tells a client which tasks went with a cancelled one before the cancel is over', async () => {
  const never = rig.client.submit(async () => new Promise<number>(() => {}), [], { pure: false });
  const next = rig.client.submit((x: number) => x, [never]);
  const last = rig.client.submit((x: number) => x, [next]);
  await rig.client.cancel([never]);
  expect([next.status, last.status]).toEqual(['cancelled', 'cancelled']);
});

it('frees the slot of an endless loop within 150 ms, and leaves what runs beside it alone', async () => {
  await using small = await startRig({ nWorkers: 1, threadsPerWorker: 2 });
  const tally = new Tally(folder.file('endless'));
  const gate = new Gate(folder.file('gate'));
  const endless = (file: string, index: number): void => {
    note(file, String(index));
    for (;;);
  };
  const hold = (file: string, gateFile: string): string => {
    note(file, 'beside');
    return holdAtGate(gateFile, 'undisturbed');
  };
  const beside = small.client.submit(hold, [tally.file, gate.file]);
  await until('the neighbour runs', () => tally.count === 1);
  const times: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    const loop = small.client.submit(endless, [tally.file, index]);
    await until('the loop runs', () => tally.count === index + 2);
    const begin = performance.now();
    const next = small.client.submit((x: number) => x, [index], { pure: false });
    await small.client.cancel([loop]);
    expect(await next.result({ timeout: 5000 })).toBe(index);
    times.push(performance.now() - begin);
  }
  // The quickest of them: on a machine that does other things as well any single one may wait for a core.
  expect(Math.min(...times)).toBeLessThan(150);
  gate.open();
  expect(await beside.result({ timeout: 8000 })).toBe('undisturbed');
  expect(tally.count).toBe(6);
});

/** Runs until it is stopped, and says so in a file when it begins. */
function spin(file: string): void {
  note(file, 'spins');
  for (;;);
}

it('lets a task cancel what it has submitted: that is stopped, and the task goes on', async () => {
  const tally = new Tally(folder.file('of-a-task'));
  const bold = async (file: string): Promise<string[]> => {
    const client = getClient();
    const endless = client.submit(spin, [file], { pure: false });
    const behind = client.submit((x: unknown) => x, [endless]);
    while (!(await client.story(endless)).some(({ to }) => to === 'executing')) await client.nthreads();
    await client.cancel([endless], { reason: 'it takes too long' });
    const again = client.submit((x: number) => x + 1, [1], { pure: false });
    return [endless.status, behind.status, String(await again.result())];
  };
  using future = rig.client.submit(bold, [tally.file], { pure: false });
  expect(await future.result({ timeout: '15s' })).toEqual(['cancelled', 'cancelled', '2']);
  await until('nothing runs any more', async () => Object.values(await rig.client.processing()).flat().length === 0);
});

it("lets a task cancel a client's future: for itself, or with force for all", async () => {
  const tally = new Tally(folder.file('of-a-client'));
  const endless = rig.client.submit(spin, [tally.file], { pure: false });
  const shared = new Variable<Future<void>>('cancel-of-a-client', { client: rig.client });
  await shared.set(endless);
  await until('it runs', () => tally.count === 1);
  const giveUp = async (force: boolean): Promise<string> => {
    const future = await new Variable<Future<void>>('cancel-of-a-client').get();
    await getClient().cancel([future], { force, reason: 'a task says so' });
    return future.status;
  };
  expect(await rig.client.submit(giveUp, [false], { pure: false }).result({ timeout: '10s' })).toBe('cancelled');
  expect([endless.status, tally.count]).toEqual(['pending', 1]);
  expect(await rig.client.submit(giveUp, [true], { pure: false }).result({ timeout: '10s' })).toBe('cancelled');
  await until('its client hears of it', () => endless.status === 'cancelled');
  await shared.delete();
  await until('nothing runs any more', async () => Object.values(await rig.client.processing()).flat().length === 0);
});

it('lets a task that was cancelled cancel what it has submitted, and be submitted again', async () => {
  const tally = new Tally(folder.file('again'));
  const parent = async (file: string): Promise<number> => {
    const inner = getClient().submit(spin, [file], { pure: false });
    await inner.result();
    return 1;
  };
  const first = rig.client.submit(parent, [tally.file], { key: 'cancelled-parent' });
  await until('the inner one runs', () => tally.count === 1);
  await rig.client.cancel([first]);
  await until('nothing runs any more', async () => Object.values(await rig.client.processing()).flat().length === 0);
  using second = rig.client.submit((x: number) => x + 1, [1], { key: 'cancelled-parent' });
  expect(await second.result({ timeout: '10s' })).toBe(2);
});
