import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkUploadPath, splitUploadPath } from './upload-path.js';
import type { UploadKind } from './upload.js';

/** How a module of an upload is imported: `upload:jobs.mjs`. */
export const UPLOAD_SCHEME = 'upload:';

/** What may stand for a folder where a module is asked for. */
const INDEX_FILES = ['index.js', 'index.mjs', 'index.cjs'];

/** An upload as one worker has it. */
export interface UploadPlace {
  readonly name: string;
  readonly kind: UploadKind;
  /** The file or folder, absolute; empty if it is not here, for which `problem` says why. */
  readonly path: string;
  readonly problem: string;
}

/** All uploads of one worker. */
export interface UploadTable {
  readonly places: readonly UploadPlace[];
  /** Folder with a `node_modules` that holds the uploaded packages; empty if there is none. */
  readonly packagesFolder: string;
}

export const NO_UPLOADS: UploadTable = { places: [], packagesFolder: '' };

/** Where something that was asked for lies, or why it is not there. */
export type Found =
  { readonly file: string; readonly problem?: undefined } | { readonly file?: undefined; readonly problem: string };

/** Finds uploads by name. */
export class UploadPlaces {
  readonly packagesFolder: string;
  readonly #places: ReadonlyMap<string, UploadPlace>;

  constructor({ places, packagesFolder }: UploadTable) {
    this.packagesFolder = packagesFolder;
    this.#places = new Map(places.map((place) => [place.name, place]));
  }

  /** Whether a package of this name was uploaded and is here: it goes before those that are installed. */
  hasPackage(name: string): boolean {
    const place = this.#places.get(name);
    return place?.kind === 'package' && place.path !== '';
  }

  /** The file or folder that `NAME` or `NAME/path` stands for. */
  find(text: string): Found {
    const { name, path } = splitUploadPath(text);
    const place = this.#places.get(name);
    if (place === undefined) return { problem: this.#unknown(name) };
    if (place.path === '') return { problem: `the upload '${name}' could not be stored: ${place.problem}` };
    if (path === '') return { file: place.path };
    if (place.kind === 'file') return { problem: `the upload '${name}' is a file and has no '${path}'` };
    checkUploadPath(path);
    const file = join(place.path, path);
    return existsSync(file) ? { file } : { problem: `the upload '${name}' has no '${path}'` };
  }

  /** The module that `NAME` or `NAME/path` stands for. */
  findModule(text: string): Found {
    const found = this.find(text);
    if (found.file === undefined || statSync(found.file).isFile()) return found;
    const index = INDEX_FILES.map((name) => join(found.file, name)).find((file) => existsSync(file));
    if (index !== undefined) return { file: index };
    return { problem: `'${text}' is a folder without ${INDEX_FILES.join(', ')}; name the file` };
  }

  #unknown(name: string): string {
    const known = [...this.#places.keys()];
    const list = known.length === 0 ? 'nothing was uploaded' : `there are ${known.slice(0, 10).join(', ')}`;
    return `there is no upload '${name}' (${list}); upload it with client.uploadFile(…) or client.uploadDirectory(…)`;
  }
}
