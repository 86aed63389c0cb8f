import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { checkUploadName, type Upload } from '@grid/protocol';

import { ClientError } from '../errors.js';
import { bundleFile } from '../functions/bundle-file.js';
import { moduleTypeOf } from './module-type.js';
import { UploadBudget, type UploadFileOptions } from './upload-options.js';

const TYPESCRIPT = /\.([cm]?)tsx?$/;

/**
 * Reads one file for an upload. TypeScript is bundled with the files of the user's that it imports: workers may run a Node
 * that knows no TypeScript, and would lack those files anyway.
 */
export async function readFileUpload(path: string, options: UploadFileOptions): Promise<Upload> {
  const name = options.name ?? basename(path);
  checkUploadName(name);
  const budget = new UploadBudget(name, options.maxBytes);
  const stats = await statOf(path);
  if (!stats.isFile()) {
    throw notUploadable(
      path,
      stats.isDirectory() ? 'is a folder; use client.uploadDirectory(…)' : 'is neither a file nor a folder',
    );
  }
  if (TYPESCRIPT.test(path)) return bundledUpload(name, path, budget);
  budget.add(path, stats.size);
  return { name, kind: 'file', files: [{ path: storedName(path), bytes: await readFile(path) }] };
}

/** The stats of what is to be uploaded, which may be behind a link. */
export async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw notUploadable(path, 'cannot be read', error);
  }
}

export function notUploadable(path: string, problem: string, cause?: unknown): ClientError {
  return new ClientError('GRID_CLIENT_BAD_UPLOAD', `cannot upload '${path}': it ${problem}`, {
    details: { path },
    cause,
  });
}

function bundledUpload(name: string, path: string, budget: UploadBudget): Upload {
  const { code } = bundleFile(path, { format: 'esm', sourcemap: 'inline' }, 'client.uploadFile(…)');
  const bytes = Buffer.from(code);
  budget.add(path, bytes.byteLength);
  return { name, kind: 'file', files: [{ path: basename(path).replace(TYPESCRIPT, '.mjs'), bytes }] };
}

/** Where a file lies alone, its name has to say what the manifest around it says here. */
function storedName(path: string): string {
  const name = basename(path);
  if (!name.endsWith('.js')) return name;
  const type = moduleTypeOf(dirname(path));
  if (type === undefined) return name;
  return `${name.slice(0, -'.js'.length)}${type === 'module' ? '.mjs' : '.cjs'}`;
}
