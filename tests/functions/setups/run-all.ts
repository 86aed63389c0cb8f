import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mapAtOnce } from './at-once.js';
import { Cluster } from './cluster.js';
import { nodeProgram, runProcesses, type ProcessOutcome } from './run-processes.js';
import { runSetup, type Found } from './run-setup.js';
import { NODES, type Setup } from './setup.js';
import { setups } from './setups.js';

const run = promisify(execFile);

const folder = fileURLToPath(new URL('../temp', import.meta.url));

/** All that the programs have found. */
export interface AllFound {
  readonly setups: readonly Found[];
  readonly processes: readonly ProcessOutcome[];
}

/** Builds and runs all programs, those of one Node on one cluster. */
export async function runAll(): Promise<AllFound> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await buildAll();
  const found = new Map<Setup, Found>();
  for (const node of NODES) {
    await using cluster = await Cluster.start(nodeProgram(node));
    const own = setups.filter((setup) => setup.node === node);
    const results = await mapAtOnce(own, async (setup) => runSetup(setup, join(folder, setup.id), cluster.place));
    results.forEach((result) => found.set(result.setup, result));
  }
  return {
    setups: setups.map((setup) => found.get(setup) as Found),
    processes: await runProcesses(join(folder, 'processes')),
  };
}

/** In a process of its own, since esbuild does not run in jest. */
async function buildAll(): Promise<void> {
  const { NODE_OPTIONS: _ours, ...env } = process.env;
  const builder = fileURLToPath(new URL('build-all.ts', import.meta.url));
  await run(process.execPath, ['--import', 'tsx', builder, folder], { cwd: dirname(folder), env });
}
