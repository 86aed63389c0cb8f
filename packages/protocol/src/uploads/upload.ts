import { createHash } from 'node:crypto';
import { ProtocolError } from '../errors.js';
import { checkUploadName, checkUploadPath } from './upload-path.js';

/** One file of an upload. */
export interface UploadFile {
  /** Where it lies inside the upload; see {@link checkUploadPath}. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is uploaded, and how it is found: `file`: one file; `package`: also by its name, as if it were installed. */
export type UploadKind = 'file' | 'directory' | 'package';

/** Files that go to every worker. */
export interface Upload {
  readonly name: string;
  readonly kind: UploadKind;
  /** In the order of their paths. A `file` has one. */
  readonly files: readonly UploadFile[];
}

/** What peers that know uploads name in their handshake. */
export const UPLOADS_FEATURE = 'uploads';

/** Files of one upload. */
export const UPLOAD_FILES_MAX = 10_000;

/** So many bytes are hashed in one turn of the event loop: a few milliseconds' worth. */
const TURN_BYTES = 4 * 2 ** 20;

/** Bytes of all files. */
export function uploadBytes(files: readonly UploadFile[]): number {
  let sum = 0;
  for (const { bytes } of files) sum += bytes.byteLength;
  return sum;
}

/**
 * The identity of an upload: sha256, in hex, of its kind, its files' paths and what is in them. Equal content has the same
 * identity whoever uploads it. Gives way to other work now and then.
 */
export async function hashUpload({ name, kind, files }: Upload): Promise<string> {
  const hash = createHash('sha256');
  // Only a package lies in a folder of its name.
  hash.update(JSON.stringify(['grid upload 1', kind, kind === 'package' ? name : '']));
  let sinceTurn = 0;
  for (const { path, bytes } of files) {
    hash.update(JSON.stringify([path, bytes.byteLength]));
    for (let at = 0; at < bytes.byteLength; at += TURN_BYTES) {
      const part = bytes.subarray(at, at + TURN_BYTES);
      hash.update(part);
      sinceTurn += part.byteLength;
      if (sinceTurn < TURN_BYTES) continue;
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return hash.digest('hex');
}

/**
 * Checks names and paths, and that no file lies twice or where another one's folder is.
 *
 * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_UPLOAD`.
 */
export function checkUpload({ name, kind, files }: Upload): void {
  checkUploadName(name);
  if (files.length > UPLOAD_FILES_MAX)
    throw bad(name, `has ${String(files.length)} files; ${String(UPLOAD_FILES_MAX)} is the most`);
  if (files.length === 0 || (kind === 'file' && files.length !== 1))
    throw bad(name, `is a ${kind} of ${String(files.length)} files`);
  const seen = new Set<string>();
  const folders = new Set<string>();
  let before = '';
  for (const { path } of files) {
    checkUploadPath(path);
    if (path < before) throw bad(name, 'has its files out of order');
    before = path;
    seen.add(path);
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  }
  if (seen.size !== files.length) throw bad(name, 'has a file twice');
  for (const path of seen) if (folders.has(path)) throw bad(name, `has a file and a folder of the name '${path}'`);
}

function bad(name: string, problem: string): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_BAD_UPLOAD', `the upload '${name}' ${problem}`, { details: { name } });
}
