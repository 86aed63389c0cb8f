import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashUpload, uploadBytes, UPLOADS_FEATURE, type Upload } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { readDirectoryUpload } from '../uploads/read-directory-upload.js';
import { readFileUpload } from '../uploads/read-file-upload.js';
import type { UploadDirectoryOptions, UploadFileOptions, UploadInfo } from '../uploads/upload-options.js';

/** How many workers an error lists. */
const WORKERS_MAX = 5;

/** Sends one file to all workers. */
export async function uploadFile(
  parts: ClientParts,
  path: string | URL,
  options: UploadFileOptions,
): Promise<UploadInfo> {
  parts.assertOpen('upload a file');
  return send(parts, await readFileUpload(pathOf(path), options));
}

/** Sends a folder to all workers. */
export async function uploadDirectory(
  parts: ClientParts,
  path: string | URL,
  options: UploadDirectoryOptions,
): Promise<UploadInfo> {
  parts.assertOpen('upload a folder');
  return send(parts, await readDirectoryUpload(pathOf(path), options));
}

/** Takes an upload back. */
export async function removeUpload(parts: ClientParts, name: string): Promise<boolean> {
  parts.assertOpen('remove an upload');
  await assertKnown(parts);
  const { found } = await parts.requests.request({ op: 'remove-upload', name });
  parts.functions.forgetUpload(name);
  parts.setup?.forgetUpload(name);
  return found;
}

async function send(parts: ClientParts, upload: Upload): Promise<UploadInfo> {
  const { name, kind, files } = upload;
  await assertKnown(parts);
  const hash = await hashUpload(upload);
  parts.assertOpen('upload');
  const message = { op: 'upload', name, kind, hash, files } as const;
  const { workers, problems } = await parts.requests.bulkRequest(message);
  // Also if some workers do not have it: what is submitted from now on means this.
  parts.functions.noteUpload(name, hash);
  parts.setup?.noteUpload(message);
  if (problems.length > 0) throw notEverywhere(name, problems);
  return { name, kind, hash, nbytes: uploadBytes(files), files: files.length, workers };
}

async function assertKnown(parts: ClientParts): Promise<void> {
  if ((await parts.requests.features()).includes(UPLOADS_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_BAD_UPLOAD', 'the scheduler is of a version that knows no uploads; upgrade it');
}

function pathOf(path: string | URL): string {
  return String(path).startsWith('file:') ? fileURLToPath(path) : resolve(String(path));
}

function notEverywhere(
  name: string,
  problems: readonly { readonly worker: string; readonly problem: string }[],
): ClientError {
  const list = problems.slice(0, WORKERS_MAX).map(({ worker, problem }) => `${worker}: ${problem}`);
  return new ClientError(
    'GRID_CLIENT_UPLOAD_FAILED',
    `'${name}' did not get to ${String(problems.length)} workers, on which tasks that use it will fail: ${list.join('; ')}`,
    { details: { name, problems } },
  );
}
