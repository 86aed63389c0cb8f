import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as esbuild from 'esbuild';

import { ClientError } from '../errors.js';

/** What bundling needs of esbuild. */
export type Esbuild = Pick<typeof esbuild, 'buildSync' | 'formatMessagesSync'>;

/**
 * Loads esbuild, as the program that asks has it, or else as this package or the working directory has it.
 *
 * @param file - The file to be bundled.
 * @param caller - As it stands in the error.
 * @throws {@link ClientError} `GRID_CLIENT_NO_ESBUILD`.
 */
export function loadEsbuild(file: string, caller: string): Esbuild {
  const places = [file, import.meta.url, join(process.cwd(), 'program.js')];
  let firstError: unknown;
  for (const place of places) {
    try {
      // It is esbuild, whichever of its versions.
      return createRequire(place)('esbuild') as Esbuild;
    } catch (error) {
      firstError ??= error;
    }
  }
  throw new ClientError(
    'GRID_CLIENT_NO_ESBUILD',
    `${caller} bundles '${file}' with esbuild, which is not installed; add it: npm install esbuild`,
    { details: { file }, cause: firstError },
  );
}
