/**
 * Installs the packed packages with npm into empty folders, as a user would, and holds them to what the README says.
 * Pack first. Ends with `N passed, N failed`.
 *
 * A folder with `@grid/client` alone is small, has no native code, and talks to a cluster that runs from another
 * folder with `@grid/scheduler` and `@grid/worker`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertLean } from './assert-lean.mjs';
import { importsClient, submitsOne } from './client-programs.mjs';
import { installFrom } from './install-from.mjs';
import { run } from './run.mjs';
import { withCluster } from './with-cluster.mjs';

const megabyte = 1_000_000;
const budget = 1.5 * megabyte;
const home = mkdtempSync(join(tmpdir(), 'grid-release-'));
const clientFolder = join(home, 'client');
const clusterFolder = join(home, 'cluster');
let passed = 0;
let failed = 0;

try {
  await check('the packages install with npm, without install scripts', async () => {
    await installFrom(clientFolder, ['@grid/client']);
    await installFrom(clusterFolder, ['@grid/scheduler', '@grid/worker']);
  });
  await check(`@grid/client is at most ${budget / megabyte} MB installed, without native code`, async () => {
    process.stdout.write(`    ${(assertLean(clientFolder, budget) / megabyte).toFixed(2)} MB\n`);
  });
  await check('@grid/client imports alone', async () => {
    await run(clientFolder, 'node', ['--input-type=module', '--eval', importsClient]);
  });
  for (const name of ['grid-scheduler', 'grid-worker']) {
    await check(`npx ${name} --version prints the version`, async () => {
      const output = await run(clusterFolder, 'npx', ['--no-install', name, '--version']);
      if (!/^\d+\.\d+\.\d+/.test(output.trim())) throw new TypeError(`printed "${output.trim()}"`);
    });
  }
  await check('the client runs a task on a scheduler and a worker of their own processes', async () => {
    await withCluster(clusterFolder, async ({ address, token }) => {
      const output = await run(clientFolder, 'node', ['--input-type=module', '--eval', submitsOne, address], {
        GRID_TOKEN: token,
      });
      if (output.trim() !== '42') throw new TypeError(`printed "${output.trim()}", not 42`);
    });
  });
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(title, body) {
  try {
    await body();
    passed += 1;
    process.stdout.write(`ok     ${title}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAILED ${title}\n${error instanceof Error ? error.message : String(error)}\n`);
  }
}
