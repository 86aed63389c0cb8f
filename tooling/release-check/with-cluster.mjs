import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cleanEnv } from './run.mjs';

const startMs = 30_000;
const stopMs = 15_000;

/** Starts a scheduler and a worker from the binaries installed in a folder, and stops both whatever `body` does. */
export async function withCluster(folder, body) {
  const token = randomBytes(32).toString('hex');
  const scheduler = start(folder, 'grid-scheduler', token, [
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--dashboard-address',
    '127.0.0.1:0',
    '--print-address-json',
  ]);
  try {
    const { address } = JSON.parse(await firstLine(scheduler, (line) => line.startsWith('{')));
    const worker = start(folder, 'grid-worker', token, [address, '--nthreads', '1']);
    try {
      return await body({ address, token });
    } finally {
      await stop(worker);
    }
  } finally {
    await stop(scheduler);
  }
}

function start(folder, binary, token, args) {
  const child = spawn(process.execPath, [`${folder}/node_modules/.bin/${binary}`, ...args], {
    cwd: folder,
    env: { ...cleanEnv(), GRID_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (child.said += text));
  return child;
}

/** The first line on stdout that fits. Rejects with all the process said if it ends or stays silent. */
async function firstLine(child, fits) {
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  try {
    for await (const line of lines) if (fits(line)) return line;
  } finally {
    clearTimeout(timer);
    child.stdout.resume(); // The end of the loop has paused it, and a full pipe would block the process.
  }
  throw new TypeError(`${child.spawnargs[1]} did not say its address\n${child.said}`);
}

/** A process that is asked to end does so by itself, with exit code 0. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return fail(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
  if (child.exitCode !== 0) fail(child);
}

function fail(child) {
  throw new TypeError(`${child.spawnargs[1]} ended with ${child.signalCode ?? child.exitCode}\n${child.said}`);
}
