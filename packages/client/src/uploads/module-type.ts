import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ClientError } from '../errors.js';

/** The fields of a manifest that matter to where it is uploaded. */
export interface Manifest {
  readonly name?: unknown;
  readonly type?: unknown;
}

/**
 * The `package.json` of a folder, if it has one.
 * @throws {@link ClientError} `GRID_CLIENT_BAD_UPLOAD` if it cannot be read.
 */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch (error) {
    throw new ClientError('GRID_CLIENT_BAD_UPLOAD', `'${file}' cannot be read as JSON`, {
      details: { path: file },
      cause: error,
    });
  }
}

/** What Node takes `.js` files of a folder for, where the manifest around them says so. */
export function moduleTypeOf(folder: string): 'module' | 'commonjs' | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = readManifest(at);
    if (manifest !== undefined || dirname(at) === at) {
      const type = manifest?.type;
      return type === 'module' || type === 'commonjs' ? type : undefined;
    }
  }
}
