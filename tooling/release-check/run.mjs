import { spawn } from 'node:child_process';

/** Nothing that this check starts takes longer, npm on a slow line included. */
const deadlineMs = 180_000;

/** Runs a command to its end and resolves with what it printed on stdout. Rejects with all it printed if it fails. */
export function run(cwd, file, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...cleanEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    const out = [];
    const all = [];
    child.stdout.on('data', (chunk) => (out.push(chunk), all.push(chunk)));
    child.stderr.on('data', (chunk) => all.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      reject(new TypeError(`${file} ${args[0]} ended with ${signal ?? code}\n${Buffer.concat(all).toString('utf8')}`));
    });
  });
}

/** The environment without what npm, pnpm and jest put into it for their own children. */
export function cleanEnv() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|GRID_|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$)/i.test(name),
  );
  return Object.fromEntries(kept);
}
