import { existsSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, ClusterProfile, ProfileNode } from '@grid/client';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function spin(ms: number): number {
  const end = Date.now() + ms;
  let turns = 0;
  while (Date.now() < end) turns += Math.sqrt(turns + 1);
  return turns;
}

function compress(ms: number): number {
  return spin(ms);
}

function resize(ms: number): number {
  return spin(ms);
}

async function download(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return spin(ms);
}

/** All calls of a function below a node. */
function callsOf(node: ProfileNode | undefined, name: string): ProfileNode[] {
  if (node === undefined) return [];
  const below = node.children.flatMap((child) => callsOf(child, name));
  return node.name === name ? [node, ...below] : below;
}

/** Runs tasks until a profile is as wanted. */
async function profileOf(
  client: Client,
  run: () => Promise<unknown>,
  isThere: (profile: ClusterProfile) => boolean,
): Promise<ClusterProfile> {
  return until('the profile has it', async () => {
    const [profile] = await Promise.all([client.profile(), run()]);
    return isThere(profile) && profile;
  });
}

describe('client.profile', () => {
  it('shows a loop without an end while it runs, in your own file', async () => {
    const { client } = rig;
    using stuck = client.submit(
      function stuck() {
        let turns = 0;
        for (;;) turns += Math.sqrt(turns + 1);
      },
      [],
      { pure: false },
    );
    const profile = await until('it is seen', async () => {
      const seen = await client.profile({ key: stuck });
      return (seen.prefixes['stuck']?.count ?? 0) > 0 && seen;
    });
    const [call] = profile.root.children;
    expect(call).toMatchObject({ name: 'stuck', file: expect.stringMatching(/profile\.test\.ts$/) });
    expect(call?.selfCount).toBeGreaterThan(0);
    await stuck.cancel();
  });

  it('tells prefixes apart, tasks that wait for promises among them, and has what is busy at the top', async () => {
    const { client } = rig;
    const work = async (): Promise<unknown> =>
      client.gather([
        client.submit(compress, [600], { pure: false }),
        client.submit(resize, [600], { pure: false }),
        client.submit(download, [600], { pure: false }),
      ]);
    const names = ['compress', 'resize', 'download'];
    const isThere = ({ prefixes }: ClusterProfile): boolean =>
      names.every((name) => callsOf(prefixes[name], 'spin').some(({ count }) => count > 5));
    const { prefixes, root, intervalMs, problems } = await profileOf(client, work, isThere);
    expect({ intervalMs, problems }).toEqual({ intervalMs: 10, problems: {} });
    for (const name of names) {
      const [top] = prefixes[name]?.children ?? [];
      expect(top?.name).toBe(name);
      expect(top?.children[0]?.name).toBe('spin');
      for (const other of names) if (other !== name) expect(callsOf(prefixes[name], other)).toEqual([]);
    }
    const total = callsOf(root, 'spin').reduce((sum, { count }) => sum + count, 0);
    expect(root.count).toBeGreaterThanOrEqual(total);
  });

  it('is of the keys, times and workers that are asked for', async () => {
    const { client } = rig;
    const [first = '', second = ''] = Array.from(rig.cluster.workers.values(), ({ address }) => address);
    const onFirst = async (): Promise<unknown> =>
      client
        .submit(resize, [500], { key: `only-${String(Math.random()).slice(2)}`, workers: first, pure: false })
        .result();
    await profileOf(client, onFirst, ({ prefixes }) => (prefixes['only']?.count ?? 0) > 0);
    const named = await client.profile({ key: ['only', 'nothing-1'] });
    expect(Object.keys(named.prefixes)).toEqual(['only']);
    expect(named.root.count).toBe(named.prefixes['only']?.count);
    expect((await client.profile({ key: 'only', workers: first })).root.count).toBeGreaterThan(0);
    expect((await client.profile({ key: 'only', workers: [second] })).root.count).toBe(0);
    expect((await client.profile({ key: 'only', stop: '1 h' })).root.count).toBe(0);
    expect((await client.profile({ key: 'only', start: '1 h' })).root.count).toBeGreaterThan(0);
    expect((await client.profile({ key: 'only', start: new Date(Date.now() + 10_000) })).root.count).toBe(0);
  });

  it('is of the event loops of workers or of the scheduler', async () => {
    const { client } = rig;
    const traffic = async (): Promise<void> => {
      const many = client.map((n: number) => n, [...Array(5000).keys()], { pure: false });
      await client.gather(many);
      for (const one of many) one.release();
    };
    for (const loop of [{ server: true }, { scheduler: true }]) {
      const profile = await until('the loop was seen', async () => {
        const [seen] = await Promise.all([client.profile(loop), traffic()]);
        return seen.root.count > 10 && seen;
      });
      expect(Object.keys(profile.prefixes)).toEqual(['']);
      expect(callsOf(profile.root, 'spin')).toEqual([]);
    }
  });

  it('goes to a file that developer tools open', async () => {
    const { client } = rig;
    const file = folder.file('tasks.cpuprofile');
    const { root } = await client.profile({ filename: file });
    const written = JSON.parse(readFileSync(file, 'utf8')) as {
      nodes: { id: number; hitCount: number; children: number[]; callFrame: { functionName: string; url: string } }[];
      samples: number[];
      timeDeltas: number[];
      startTime: number;
      endTime: number;
    };
    const { nodes, samples, timeDeltas } = written;
    expect(nodes[0]?.callFrame.functionName).toBe('(root)');
    const prefixes = nodes[0]?.children.map((id) => nodes[id - 1]?.callFrame.functionName);
    expect(prefixes).toEqual(expect.arrayContaining(['compress', 'resize', 'only']));
    expect(nodes.reduce((sum, { hitCount }) => sum + hitCount, 0)).toBe(root.count);
    expect(nodes.every(({ id, children }, i) => id === i + 1 && children.every((child) => child > id))).toBe(true);
    expect(samples.length).toBe(timeDeltas.length);
    const ms = timeDeltas.reduce((sum, delta) => sum + delta, 0) / 1000;
    expect(Math.abs(ms - root.ms)).toBeLessThan(samples.length);
    expect(written.endTime - written.startTime).toBe(ms * 1000);
  });

  it('refuses what makes no sense, and says so', async () => {
    const { client } = rig;
    const refused = async (options: object): Promise<unknown> =>
      ((await rejection(client.profile(options))) as { code?: unknown }).code;
    const bad = [
      { server: true, scheduler: true },
      { scheduler: true, key: 'inc' },
      { scheduler: true, workers: 'x' },
      { key: 7 },
      { key: '' },
      { filename: folder.file('profile.html') },
      { start: '1 s', stop: '2 s' },
    ];
    for (const options of bad) expect(await refused(options)).toBe('GRID_CLIENT_BAD_OPTION');
    expect(await refused({ start: 'yesterday' })).toBe('GRID_COMMON_BAD_DURATION');
    expect(await refused({ workers: 'nobody' })).toBe('GRID_SCHEDULER_UNKNOWN_WORKER');
    expect(existsSync(folder.file('profile.html'))).toBe(false);
  });
});

describe('a cluster that samples from its start on', () => {
  it('has what ran before anybody asked', async () => {
    await using other = await startRig({ nWorkers: 1, profile: true });
    const { client } = other;
    await until('it was sampled', async () => {
      await client.submit(compress, [1500], { pure: false }).result();
      const seen = await client.profile({ key: 'compress' });
      return seen.root.count > 50;
    });
  });

  it('of workers within this process there is none, and it is said why', async () => {
    await using other = await startRig({ processes: false });
    const { problems, root } = await other.client.profile();
    expect(root.count).toBe(0);
    expect(Object.values(problems)).toEqual([expect.stringMatching(/event loop/), expect.stringMatching(/event loop/)]);
  });
});
