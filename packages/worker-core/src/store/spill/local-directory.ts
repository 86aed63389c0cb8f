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
  const above = folderOfThisUser(parent);
  await mkdir(above, { recursive: true, mode: PRIVATE });
  if (!(await isOurs(above))) {
    throw new WorkerError(
      'GRID_WORKER_LOCAL_DIRECTORY',
      `others may write to ${above}; remove it, or choose another place for it (localDirectory, --local-directory)`,
      { details: { folder: above } },
    );
  }
  await removeStale(above);
  return mkdtemp(join(above, `worker-${hostname()}-${String(process.pid)}-`));
}

/**
 * Removes the folders that dead workers of this machine left behind, which were killed and could not do so themselves.
 * What cannot be removed stays. Never rejects.
 *
 * @param parent - Where workers make their folders. @defaultValue the system's folder for temporary files
 */
export async function removeStaleDirectories(parent = tmpdir()): Promise<void> {
  const above = folderOfThisUser(parent);
  try {
    if (await isOurs(above)) await removeStale(above);
  } catch {
    // Mostly there is none; and nobody is worse off than before.
  }
}

function folderOfThisUser(parent: string): string {
  const user = process.getuid?.();
  return join(parent, user === undefined ? 'grid-scratch-space' : `grid-scratch-space-${String(user)}`);
}

/** Whether nobody else can have put anything there. */
async function isOurs(folder: string): Promise<boolean> {
  const user = process.getuid?.();
  const { uid, mode } = await lstat(folder);
  return user === undefined || (uid === user && (mode & 0o077) === 0);
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
