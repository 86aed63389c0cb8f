import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The interpreter that has Dask. Debian's package installs for its own, whatever `python3` is first on the path. */
const INTERPRETERS = [process.env['BENCH_PYTHON'], '/usr/bin/python3', 'python3'];

/** Python with `distributed` and `numpy`. */
export interface Python {
  readonly interpreter: string;
  /** Such as `2022.12.1`. */
  readonly distributed: string;
}

/** Looks for a Python that has Dask; `undefined` if this machine has none. */
export async function findPython(): Promise<Python | undefined> {
  for (const interpreter of INTERPRETERS) {
    if (interpreter === undefined) continue;
    try {
      const { stdout } = await promisify(execFile)(interpreter, [
        '-c',
        'import numpy, distributed; print(distributed.__version__)',
      ]);
      return { interpreter, distributed: stdout.trim() };
    } catch {
      // Not there, or without Dask: the next one may have it.
    }
  }
  return undefined;
}

/** A script of the folder `dask`. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../dask/${name}`, import.meta.url));
}
