import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { scriptPath } from '../dask/python.js';
import type { Python } from '../dask/python.js';
import type { Session, Workload } from '../workload.js';

const LIMIT_MS = 60_000;

/** From the start of a program to the first result on a local cluster of its own. */
export function firstResult(python: Python): Workload {
  const child = fileURLToPath(new URL('children/first-result.js', import.meta.url));
  return {
    name: 'first-result',
    unit: 's',
    moreIsBetter: false,
    samples: 7,
    grid: () => openProgram([process.execPath, child]),
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor: 2.5 },
        open: () => openProgram([python.interpreter, scriptPath('first_result.py')]),
      },
    ],
  };
}

/** Runs a program once for each sample, after a run that fills the page cache. */
async function openProgram(command: readonly [string, string]): Promise<Session> {
  await secondsToFirstLine(command);
  return { sample: () => secondsToFirstLine(command), [Symbol.asyncDispose]: async () => undefined };
}

async function secondsToFirstLine([program, file]: readonly [string, string]): Promise<number> {
  const start = performance.now();
  const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let seconds: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('first')) seconds ??= (performance.now() - start) / 1000;
  }
  await exited;
  clearTimeout(timer);
  if (seconds === undefined) throw new Error(`${file} ended without a result`);
  return seconds;
}
