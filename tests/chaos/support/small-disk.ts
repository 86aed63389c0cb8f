import { execFileSync } from 'node:child_process';
import { rmdirSync } from 'node:fs';

import { TempFolder } from '@grid/integration-tests/support/temp-folder.js';

/** A file system of a few MiB in memory, which is really full when it is full. Only root may have one. */
export class SmallDisk implements Disposable {
  readonly #folder = new TempFolder();

  constructor(mebibytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'tmpfs', this.#folder.path], {
      stdio: 'pipe',
    });
  }

  get path(): string {
    return this.#folder.path;
  }

  [Symbol.dispose](): void {
    // Lazily: whoever still has a file open keeps that, and nobody finds the place any more.
    execFileSync('umount', ['-l', this.#folder.path], { stdio: 'pipe' });
    rmdirSync(this.#folder.path);
  }
}

/** Why this process cannot have a file system of its own; `null` if it can. */
export const noSmallDisk = ((): string | null => {
  try {
    new SmallDisk(1)[Symbol.dispose]();
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'unknown';
  }
})();
