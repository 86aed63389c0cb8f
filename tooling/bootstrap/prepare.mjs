/** Brings `node_modules` and every `dist` up to date, and costs next to nothing when they are. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtFolders, fingerprintOfInstall, fingerprintOfSources } from './fingerprint.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stampFile = join(root, 'node_modules', '.cache', 'grid-bootstrap.json');
const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;

/** The tools below neither report home nor look for newer versions of themselves. */
const quiet = {
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NO_UPDATE_NOTIFIER: '1',
};

/** @returns {number} an exit code */
export function prepare({ build }) {
  process.chdir(root);
  Object.assign(process.env, quiet);
  const stamp = readStamp();
  const install = fingerprintOfInstall(root);
  if (stamp.install !== install || !existsSync(join(root, 'node_modules', '.modules.yaml'))) {
    const status = step('installing', [
      'install',
      '--frozen-lockfile',
      '--loglevel=error',
      '--config.confirmModulesPurge=false',
    ]);
    if (status !== 0) return status;
    writeStamp({ install });
  }
  if (!build) return 0;
  // Taken before the build: what is edited while it runs is built again next time.
  const sources = fingerprintOfSources(root);
  if (
    stamp.install !== install ||
    stamp.sources !== sources ||
    !builtFolders(root).every((folder) => existsSync(folder))
  ) {
    const status = step('building', [
      'exec',
      'turbo',
      'run',
      'build',
      // What runs, and not what measures it.
      '--filter=./packages/*',
      '--filter=./apps/*',
      '--output-logs=errors-only',
      '--log-prefix=none',
    ]);
    if (status !== 0) return status;
    writeStamp({ install, sources });
  }
  return 0;
}

/** `pnpm exec …` by the pinned pnpm, which npx fetches once and keeps. */
export function pnpmExec(command) {
  return onWindows(['--yes', pinned, 'exec', ...command]);
}

function step(doing, args) {
  const started = Date.now();
  process.stderr.write(`grid: ${doing} …\n`);
  const [file, all] = onWindows(['--yes', pinned, ...args]);
  // Only what goes wrong is worth a newcomer's screen.
  const { status, stdout, stderr, error } = spawnSync(file, all, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined || status !== 0) {
    process.stderr.write(
      `${stdout ?? ''}${stderr ?? ''}grid: ${doing} failed${error === undefined ? '' : `: ${error.message}`}\n`,
    );
    return status || 1;
  }
  process.stderr.write(`grid: ${doing} took ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return 0;
}

function onWindows(args) {
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', 'npx', ...args]] : ['npx', args];
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {}; // Not there or not whole: then everything is to be done.
  }
}

function writeStamp(stamp) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp));
}
