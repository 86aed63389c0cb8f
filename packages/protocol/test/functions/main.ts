/* A program that captures: `node main.mjs <cases> [thread]` prints what came of each case. */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type * as Library from '../../src/index.js';
import type * as Driver from './drive.js';
import type { Case } from './fixtures/case.js';

const here = new URL('.', import.meta.url);
const file = isMainThread ? process.argv[2] : (workerData as string);

if (isMainThread && process.argv[3] === 'thread') {
  new Worker(fileURLToPath(import.meta.url), { workerData: file }).on('message', print);
} else {
  const lib = (await import(new URL('lib/index.js', here).href)) as typeof Library;
  const { driveCases } = (await import(new URL('drive.mjs', here).href)) as typeof Driver;
  const { cases } = (await import(String(file))) as { cases: readonly Case[] };
  const outcomes = await driveCases(lib, fileURLToPath(new URL('worker.mjs', here)), cases);
  if (isMainThread) print(outcomes);
  else parentPort?.postMessage(outcomes);
}

function print(outcomes: unknown): void {
  process.stdout.write(JSON.stringify(outcomes));
}
