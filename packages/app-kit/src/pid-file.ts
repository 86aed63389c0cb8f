import { rmSync, writeFileSync } from 'node:fs';

import { AppError } from './errors.js';

/** Writes this process's number to `file`, and removes the file when the process ends. */
export function writePidFile(file: string): void {
  try {
    // Exclusive, so that a link somebody else put there is not followed.
    writeFileSync(file, `${String(process.pid)}\n`, { flag: 'wx', mode: 0o644 });
  } catch (cause) {
    throw new AppError('GRID_APP_BAD_OPTION', `cannot write the pid file ${file}; remove it if no such process runs`, {
      details: { file },
      cause,
    });
  }
  process.once('exit', () => rmSync(file, { force: true }));
}
