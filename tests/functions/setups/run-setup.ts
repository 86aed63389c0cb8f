import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome } from '../program/drive.js';
import type { Request } from '../program/program.js';
import type { ClusterPlace } from './cluster.js';
import { nodeProgram } from './run-processes.js';
import type { Setup } from './setup.js';

const run = promisify(execFile);
const TIMEOUT_MS = 180_000;

/** What the program of a set-up has found. */
export interface Found {
  readonly setup: Setup;
  readonly outcomes: readonly Outcome[];
  /** Keys that another process of the same set-up found. */
  readonly keys: readonly [mine: unknown, others: unknown];
}

/** Runs the program of a set-up, which lies in `folder`, on a cluster. */
export async function runSetup(setup: Setup, folder: string, place: ClusterPlace): Promise<Found> {
  const ask = async (only: Request['only']): Promise<unknown> => {
    const connection = { ...place, setup: setup.id, folder, ending: setup.ending };
    const request: Request = { connection, who: setup.who, only, answer: join(folder, `${only}.json`) };
    await start(setup, folder, request);
    return JSON.parse(await readFile(request.answer, 'utf8'));
  };
  // Two processes find the keys, and one of them also runs the cases.
  const { outcomes, keys } = (await ask('cases')) as { outcomes: Outcome[]; keys: unknown };
  return { setup, outcomes, keys: [keys, await ask('keys')] };
}

async function start(setup: Setup, folder: string, request: Request): Promise<void> {
  const file = join(folder, `${request.only}-request.json`);
  await writeFile(file, JSON.stringify(request));
  const { NODE_OPTIONS: _ours, ...env } = process.env;
  await run(nodeProgram(setup.node), setup.start, {
    cwd: folder,
    env: { ...env, GRID_CASES_REQUEST: file },
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
  });
}
