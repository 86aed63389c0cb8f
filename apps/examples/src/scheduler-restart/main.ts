import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from '@grid/client';
import { nullLogger } from '@grid/common';

import { flightsFile } from '../flights/flights-file.js';
import { mergeSummaries } from '../flights/merge-summaries.js';
import { planRowGroups } from '../flights/plan-row-groups.js';
import { summariseRowGroup, type RowRange } from '../flights/summarise-row-group.js';
import { mergeTree } from '../shared/merge-tree.js';
import { packageFolder } from '../shared/package-folder.js';
import { runExample } from '../shared/run-example.js';
import { Service } from './service.js';

/** How long there is no scheduler, in milliseconds. */
const DOWN_MS = 1000;

await runExample(async () => {
  const token = randomBytes(32).toString('base64url');
  const folder = mkdtempSync(join(tmpdir(), 'grid-example-'));
  try {
    await showRestart(token, join(folder, 'runs'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param runsFile - Where each run of a task leaves a line. */
async function showRestart(token: string, runsFile: string): Promise<void> {
  await using first = await Service.start('scheduler', ['--port', '0'], token);
  const { address } = first;
  const flags = [address, '--nthreads', '1', '--no-nanny', '--root', packageFolder()];
  await using _one = await Service.start('worker', flags, token);
  await using _other = await Service.start('worker', flags, token);
  await using client = await Client.connect(address, { token, logger: nullLogger });
  const ranges = await planRowGroups(flightsFile());
  const parts = client.map((range: RowRange) => {
    appendFileSync(runsFile, `${String(range.rowStart)}\n`);
    return summariseRowGroup(range);
  }, ranges);
  const merged = mergeTree(client, parts, mergeSummaries);
  const done = (): number => parts.filter(({ status }) => status === 'finished').length;
  say(`${String(parts.length)} row groups on two workers`);

  for await (const _part of client.asCompleted(parts)) if (done() * 2 >= parts.length) break;
  say(`${String(done())} are done: killing the scheduler, process ${String(first.pid)}`);
  await first.kill();
  await pause(DOWN_MS);
  await using second = await Service.start('scheduler', ['--port', address.replace(/^.*:/, '')], token);
  say(`another one is there, process ${String(second.pid)}`);

  const whole = merged.at(-1);
  const summary = await whole?.result();
  const flights = summary?.byHour.reduce((sum, hour) => sum + hour.flights, 0) ?? 0;
  const runs = readFileSync(runsFile, 'utf8').split('\n').slice(0, -1);
  const twice = runs.length - new Set(runs).size;
  say(`${flights.toLocaleString('en-US')} flights; ${String(runs.length)} runs, ${String(twice)} of them twice`);
  if (twice > 0 || runs.length !== parts.length) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
