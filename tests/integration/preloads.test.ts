import { readFileSync, writeFileSync } from 'node:fs';

import type { LocalClusterOptions } from '@grid/deploy';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startCluster, startRig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const ENV = { GRID_TOKEN: 'a-token-that-is-long-enough-for-these-tests-0123456789' };

let folder: TempFolder;

beforeEach(() => {
  folder = new TempFolder();
  writeFileSync(folder.file('log'), '');
});

afterEach(() => folder[Symbol.dispose]());

/** A module that notes in the log what becomes of it. */
function write(name: string): string {
  const note = `(text) => appendFileSync(${JSON.stringify(folder.file('log'))}, text + '\\n')`;
  writeFileSync(
    folder.file(`${name}.mjs`),
    `import { appendFileSync } from 'node:fs';
     const note = ${note};
     export const setup = (server, argv) => note('${name} up ' + server.constructor.name + ' ' + argv.join());
     export const teardown = () => note('${name} down');`,
  );
  return folder.file(`${name}.mjs`);
}

function log(): string[] {
  return readFileSync(folder.file('log'), 'utf8').split('\n').filter(Boolean);
}

describe('preloads', () => {
  it('are set up in schedulers, workers and nannies, and torn down as those end', async () => {
    const flags = ['--no-dashboard', '--preload-argv', 'x', 'y'];
    await using scheduler = Program.binary(
      'scheduler',
      ['--port', '0', '--print-address-json', '--preload', write('s'), ...flags],
      ENV,
    );
    const { address } = await scheduler.firstJson<{ readonly address: string }>();
    expect(log()).toEqual(['s up SchedulerServer x,y']);
    const workerFlags = ['--nthreads', '1', '--preload', write('w'), '--preload-nanny', write('n'), ...flags];
    await using worker = Program.binary('worker', [address, ...workerFlags], ENV);
    await worker.printed(/Registered to/);
    expect(log().slice(1)).toEqual(['n up Nanny x,y', 'w up WorkerServer x,y']);
    worker.kill('SIGTERM');
    await worker.ends();
    await until('both are torn down', () => ['n down', 'w down'].every((line) => log().includes(line)));
    scheduler.kill('SIGTERM');
    await scheduler.ends();
    expect(log().at(-1)).toBe('s down');
  });

  it('that cannot be loaded keep a process from starting, and it says why', async () => {
    await using scheduler = Program.binary('scheduler', ['--port', '0', '--preload', './nowhere.mjs'], ENV);
    expect((await scheduler.ends()).code).not.toBe(0);
    expect(scheduler.stderr).toContain('nowhere.mjs');
  });
});

describe('preloads of a local cluster', () => {
  it('are set up in its scheduler, workers and nannies, also of workers that come later, and torn down with it', async () => {
    const preload = { scheduler: [write('s')], worker: [write('w')], nanny: [write('n')], argv: ['x'] };
    await using cluster = await startCluster({ nWorkers: 1, preload });
    await cluster.scale(2);
    expect(log().toSorted()).toEqual([
      'n up Nanny x',
      'n up Nanny x',
      's up SchedulerServer x',
      'w up WorkerServer x',
      'w up WorkerServer x',
    ]);
    await cluster.scale(1);
    expect(log().slice(5).toSorted()).toEqual(['n down', 'w down']);
    await cluster.close();
    expect(log().slice(7).toSorted()).toEqual(['n down', 's down', 'w down']);
  });

  it('are set up again for each life of a worker, those of its nanny once', async () => {
    const preload = { worker: [write('w')], nanny: [write('n')] };
    await using rig = await startRig({ nWorkers: 1, preload });
    await rig.client.restart();
    expect(log()).toEqual(['n up Nanny ', 'w up WorkerServer ', 'w down', 'w up WorkerServer ']);
  });

  it('are found from its root, also in a cluster of one process', async () => {
    write('s');
    write('w');
    const preload = { scheduler: ['./s.mjs'], worker: ['w.mjs'] };
    await using cluster = await startCluster({ processes: false, nWorkers: 1, root: folder.file('.'), preload });
    expect(log()).toEqual(['s up SchedulerServer ', 'w up WorkerServer ']);
    await cluster.close();
    expect(log().slice(2)).toEqual(['w down', 's down']);
  });

  it('that fail keep it from starting, and it says why', async () => {
    const file = folder.file('bad.mjs');
    writeFileSync(file, "export const setup = () => { throw new RangeError('not today'); };");
    for (const part of ['scheduler', 'worker', 'nanny']) {
      const error = await rejection(startCluster({ nWorkers: 1, preload: { [part]: [file] } }));
      expect(String(error)).toMatch(/bad\.mjs.*not today/s);
    }
    const inProcess = startCluster({ processes: false, preload: { worker: [file] } });
    expect(await rejection(inProcess)).toMatchObject({ code: 'GRID_PLUGINS_PRELOAD_FAILED' });
  });

  it('are lists of names, and need nannies where they are for them', async () => {
    for (const options of [
      { preload: { worker: 'x.mjs' } },
      { preload: { workers: ['x.mjs'] } },
      { preload: { nanny: ['x.mjs'] }, nanny: false },
      { preload: { nanny: ['x.mjs'] }, processes: false },
    ]) {
      const error = await rejection(startCluster(options as LocalClusterOptions));
      expect(error).toMatchObject({ code: 'GRID_DEPLOY_BAD_OPTION', details: { option: 'preload' } });
    }
  });
});
