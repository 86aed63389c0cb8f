import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as library from '../../src/index.js';
import { driveCases } from './drive.js';
import type { Outcome } from './drive.js';
import { cases } from './fixtures/cases.js';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

/** Programs of several kinds capture; another process runs what they sent. */
const SETUPS = [
  { name: 'native ESM', file: 'esm/cases.js', extra: [] },
  { name: 'CommonJS', file: 'cjs/cases.js', extra: [] },
  { name: 'a bundle of own files', file: 'bundle/cases.js', extra: [] },
  { name: 'a worker thread', file: 'esm/cases.js', extra: ['thread'] },
] as const;

const folder = await mkdtemp(join(tmpdir(), 'grid-functions-'));
const outcomes = await allOutcomes();
await rm(folder, { recursive: true });

test.each(outcomes)('$title', ({ problem }) => {
  expect(problem).toBe('');
});

async function allOutcomes(): Promise<Outcome[]> {
  await run(process.execPath, [join(here, 'build-fixtures.mjs'), folder]);
  const all: Outcome[] = [];
  for (const { name, file, extra } of SETUPS) {
    const options = { maxBuffer: 1 << 24, timeout: 60_000 };
    const { stdout } = await run(process.execPath, [join(folder, 'main.mjs'), join(folder, file), ...extra], options);
    all.push(...titled(name, JSON.parse(stdout) as Outcome[]));
  }
  all.push(...titled('jest', await driveCases(library, join(folder, 'worker.mjs'), cases)));
  return all;
}

function titled(setup: string, of: readonly Outcome[]): Outcome[] {
  return of.map(({ title, problem }) => ({ title: `${title} (${setup})`, problem }));
}
