import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { UploadFile, UploadKind } from '@grid/protocol';

/** Nobody but this user may look, let alone write. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Which upload to store. */
export interface StoredUpload {
  readonly name: string;
  readonly kind: UploadKind;
  /** Names the folder, so content that differs never lies at the same path, and is never taken for what was loaded before. */
  readonly hash: string;
}

/**
 * The part of a worker's disk that uploads are written to. It is made when the first comes, and removed with everything in
 * it.
 *
 * Modules in it find the packages that lie around the worker's root: Node looks in the folders around a module, and there
 * is a link to each `node_modules` on the way up.
 */
export class UploadFolder {
  readonly #createBase: () => Promise<string>;
  readonly #modules: () => readonly string[];
  #base = '';
  #uploads = '';

  /**
   * @param createBase - Makes the folder, which nobody else may enter.
   * @param modules - Finds the folders with packages for the modules in it, nearest first; asked once.
   */
  constructor(createBase: () => Promise<string>, modules: () => readonly string[]) {
    this.#createBase = createBase;
    this.#modules = modules;
  }

  /** The folder from which uploaded packages resolve; empty before the first upload. */
  get path(): string {
    return this.#uploads;
  }

  /**
   * Writes files, all or none, and tells the place of what was uploaded.
   *
   * @param files - Their paths have been checked.
   */
  async store(upload: StoredUpload, files: readonly UploadFile[]): Promise<string> {
    if (this.#uploads === '') await this.#create();
    const target = join(this.#uploads, upload.hash);
    const part = `${target}.part`;
    await rm(part, { recursive: true, force: true });
    const inner = upload.kind === 'package' ? join('node_modules', upload.name) : '.';
    const made = new Set<string>();
    for (const { path, bytes } of files) {
      const file = join(part, inner, path);
      if (!made.has(dirname(file))) await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
      made.add(dirname(file));
      await writeFile(file, bytes, { flag: 'wx', mode: FILE_MODE });
    }
    await rename(part, target);
    return upload.kind === 'file' ? join(target, files[0]?.path ?? '') : join(target, inner);
  }

  /** Lets modules of other uploads, and tasks, import a package by its name; in place of one that had it before. */
  async linkPackage(name: string, path: string): Promise<void> {
    const link = join(this.#uploads, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true, mode: FOLDER_MODE });
    await rm(`${link}.part`, { force: true });
    // On Windows this is what needs no rights; elsewhere the kind means nothing.
    await symlink(path, `${link}.part`, 'junction');
    await rename(`${link}.part`, link);
  }

  async unlinkPackage(name: string): Promise<void> {
    await rm(join(this.#uploads, 'node_modules', name), { force: true });
  }

  /** Removes the content with this hash. */
  async delete(hash: string): Promise<void> {
    if (this.#uploads !== '') await rm(join(this.#uploads, hash), { recursive: true, force: true });
  }

  /** Removes everything. */
  async remove(): Promise<void> {
    const base = this.#base;
    this.#base = '';
    this.#uploads = '';
    if (base !== '') await rm(base, { recursive: true, force: true });
  }

  async #create(): Promise<void> {
    const base = await this.#createBase();
    this.#base = base;
    let folder = base;
    for (const modules of this.#modules().toReversed()) {
      await symlink(modules, join(folder, 'node_modules'), 'junction');
      folder = join(folder, 'in');
      await mkdir(folder, { mode: FOLDER_MODE });
    }
    const uploads = join(folder, 'uploads');
    await mkdir(join(uploads, 'node_modules'), { recursive: true, mode: FOLDER_MODE });
    // Whether a module is CommonJS or not must not depend on what lies around this folder.
    await writeFile(join(uploads, 'package.json'), '{}', { flag: 'wx', mode: FILE_MODE });
    this.#uploads = uploads;
  }
}
