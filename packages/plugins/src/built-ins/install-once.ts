import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf, type Logger } from '@grid/common';

import { PluginsError } from '../errors.js';
import type { Installation } from './installation.js';
import { runNpm } from './run-npm.js';

/** What has been installed in a directory, by the ids of installations. */
const DONE_FILE = '.grid-installed.json';
const LOCK_FILE = '.grid-installing';
/** So many installations are remembered. */
const DONE_MAX = 100;
/** A process that holds the lock says so often that it lives; without a word for twice as long it has not. Milliseconds. */
const LOCK_UPDATE_MS = 5000;
const LOCK_POLL_MS = 100;

/** Files of those who manage a folder in another way, and would not find it as they left it. */
const OTHER_MANAGERS = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn' } as const;

/**
 * Has npm install packages in a directory, unless another process has done so for the same installation. One process at a
 * time works in a directory, of this machine or of others that share it.
 *
 * @throws {@link PluginsError} `GRID_PLUGINS_INSTALL_FAILED`
 */
export async function installOnce(installation: Installation, logger: Logger): Promise<void> {
  const { id, directory, packages, timeoutMs } = installation;
  for (const [file, manager] of Object.entries(OTHER_MANAGERS)) {
    if (!existsSync(join(directory, file))) continue;
    throw failed(`${directory} is managed by ${manager}; name another directory, from which workers resolve packages`);
  }
  // Loaded only where it is needed: workers are to start fast.
  const { default: lockfile } = await import('proper-lockfile');
  await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
    throw failed(`${directory} cannot be made: ${messageOf(cause)}`, cause);
  });
  const release = await lockfile
    .lock(directory, {
      lockfilePath: join(directory, LOCK_FILE),
      realpath: false,
      update: LOCK_UPDATE_MS,
      stale: 2 * LOCK_UPDATE_MS,
      retries: { forever: false, retries: Math.ceil(timeoutMs / LOCK_POLL_MS), factor: 1, minTimeout: LOCK_POLL_MS },
      // What is installed is there all the same.
      onCompromised: (error) =>
        logger.warn({ directory, error: messageOf(error) }, 'the lock of an installation is lost'),
    })
    .catch((cause: unknown) => {
      throw failed(`${directory} is locked by another installation, for longer than ${String(timeoutMs)} ms`, cause);
    });
  try {
    const done = await readDone(directory);
    if (done.includes(id)) return;
    logger.info({ directory, packages }, 'npm installs packages');
    await runNpm(installation);
    await writeFile(join(directory, DONE_FILE), JSON.stringify([...done, id].slice(-DONE_MAX)));
  } finally {
    await release().catch(() => {});
  }
}

async function readDone(directory: string): Promise<readonly string[]> {
  try {
    const done: unknown = JSON.parse(await readFile(join(directory, DONE_FILE), 'utf8'));
    return Array.isArray(done) ? (done as string[]) : [];
  } catch {
    // Nothing yet, or nothing that can be read: to install twice does no harm.
    return [];
  }
}

function failed(text: string, cause?: unknown): PluginsError {
  return new PluginsError('GRID_PLUGINS_INSTALL_FAILED', text, cause === undefined ? {} : { cause });
}
