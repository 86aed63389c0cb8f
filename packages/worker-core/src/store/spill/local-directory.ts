import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { WorkerError } from '../../errors.js';

/** What only this user may read, write and enter. */
const PRIVATE = 0o700;

/**
 * Makes a folder for one worker's files, which nobody but this user may enter, and removes those that dead workers of
 * this machine left behind beside it.
 *
 * @param parent - Where to make it. @defaultValue the system's folder for temporary files
 * @throws `GRID_WORKER_LOCAL_DIRECTORY` if somebody else owns what should be the folder above it; what the file system says.
 */
export async function createLocalDirectory(parent = tmpdir()): Promise<string> {
  const user = process.getuid?.();
  const above = join(parent, user === undefined ? 'grid-scratch-space' : `grid-scratch-space-${String(user)}`);
  await mkdir(above, { recursive: true, mode: PRIVATE });
  const { uid, mode } = await lstat(above);
  const isOurs = user === undefined || (uid === user && (mode & 0o077) === 0);
  if (!isOurs) {
    throw new WorkerError(
      'GRID_WORKER_LOCAL_DIRECTORY',
      `others may write to ${above}; remove it, or choose another place for it (localDirectory, --local-directory)`,
      { details: { folder: above } },
    );
  }
  await removeStale(above);
  return mkdtemp(join(above, `worker-${hostname()}-${String(process.pid)}-`));
}

async function removeStale(above: string): Promise<void> {
  const ours = `worker-${hostname()}-`;
  for (const name of await readdir(above)) {
    const pid = name.startsWith(ours) ? Number(/^\d+/.exec(name.slice(ours.length))?.[0]) : NaN;
    if (!(pid > 0) || isAlive(pid)) continue;
    // Another worker may be removing it at the same time.
    await rm(join(above, name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
