import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { checkUpload, checkUploadName, UPLOAD_FILES_MAX, type Upload, type UploadFile } from '@grid/protocol';

import { moduleTypeOf, readManifest } from './module-type.js';
import { notUploadable, statOf } from './read-file-upload.js';
import { UploadBudget, type UploadDirectoryOptions } from './upload-options.js';

/** Reads a folder for an upload, file by file, as they are. */
export async function readDirectoryUpload(folder: string, options: UploadDirectoryOptions): Promise<Upload> {
  const root = resolve(folder);
  if (!(await statOf(root)).isDirectory()) throw notUploadable(folder, 'is no folder; use client.uploadFile(…)');
  const manifest = readManifest(root);
  const ownName = typeof manifest?.name === 'string' && manifest.name !== '' ? manifest.name : undefined;
  const name = options.name ?? ownName ?? basename(root);
  checkUploadName(name);
  const reader = new DirectoryReader(await realpath(root), new UploadBudget(name, options.maxBytes), skipOf(options));
  await reader.read('');
  const { files } = reader;
  if (files.length === 0) throw notUploadable(folder, 'has no files, or none that are not left out');
  const type = manifest === undefined ? moduleTypeOf(root) : undefined;
  // The manifest that says what its modules are stays behind.
  if (type !== undefined) files.push({ path: 'package.json', bytes: Buffer.from(JSON.stringify({ type })) });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const upload: Upload = { name, kind: name === ownName ? 'package' : 'directory', files };
  checkUpload(upload);
  return upload;
}

type Skip = (path: string, name: string) => boolean;

/** Files that begin with a dot hold settings, histories and secrets. */
function skipOf({ skip }: UploadDirectoryOptions): Skip {
  if (skip === undefined) return (_, name) => name === 'node_modules' || name.startsWith('.');
  if (typeof skip === 'function') return (path) => skip(path);
  const names = new Set(skip);
  return (_, name) => names.has(name);
}

class DirectoryReader {
  readonly files: UploadFile[] = [];
  readonly #root: string;
  readonly #budget: UploadBudget;
  readonly #skip: Skip;

  /** @param root - a real path */
  constructor(root: string, budget: UploadBudget, skip: Skip) {
    this.#root = root;
    this.#budget = budget;
    this.#skip = skip;
  }

  /** @param inside - path of a folder inside the root, with `/`; empty for the root itself */
  async read(inside: string): Promise<void> {
    const entries = await readdir(join(this.#root, inside), { withFileTypes: true });
    for (const entry of entries) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (this.#skip(path, entry.name)) continue;
      if (entry.isDirectory()) await this.read(path);
      else await this.#readFile(path, entry);
    }
  }

  async #readFile(path: string, entry: Dirent): Promise<void> {
    const file = join(this.#root, path);
    if (entry.isSymbolicLink()) await this.#checkLink(file, path);
    const stats = await stat(file);
    if (!stats.isFile()) throw notUploadable(file, 'is no file; leave it out with the option skip');
    this.#budget.add(path, stats.size);
    if (this.files.length >= UPLOAD_FILES_MAX) {
      throw notUploadable(
        this.#root,
        `has more than ${String(UPLOAD_FILES_MAX)} files; leave some out with the option skip`,
      );
    }
    this.files.push({ path, bytes: await readFile(file) });
  }

  /** What a link leads to is sent in its place, if it is part of what is uploaded. */
  async #checkLink(file: string, path: string): Promise<void> {
    let target: string;
    try {
      target = await realpath(file);
    } catch (error) {
      throw notUploadable(file, 'is a link that leads nowhere; leave it out with the option skip', error);
    }
    const inside = relative(this.#root, target);
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
      throw notUploadable(
        file,
        `is a link that leads out of the folder, at '${path}'; leave it out with the option skip`,
      );
    }
  }
}
