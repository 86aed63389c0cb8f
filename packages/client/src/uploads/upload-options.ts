import { formatBytes, parseBytes } from '@grid/common';

import { ClientError } from '../errors.js';

/** How a file is uploaded. */
export interface UploadFileOptions {
  /** What tasks ask for: `upload:NAME`. Default: the name of the file. */
  readonly name?: string;
  /** The most it may hold: bytes or `'1 GiB'`. The scheduler has a limit of its own for all uploads. Default: `'64 MiB'`. */
  readonly maxBytes?: number | string;
}

/** How a folder is uploaded. */
export interface UploadDirectoryOptions extends UploadFileOptions {
  /**
   * What tasks ask for: `upload:NAME/path`. Default: that of its `package.json`, under which it is then imported as if it
   * were installed; else the name of the folder.
   */
  readonly name?: string;
  /**
   * What to leave out: names of files and folders, or a function that is given each path inside the folder, with `/`, before
   * it is read. Default: `node_modules`, and all names that begin with a dot.
   */
  readonly skip?: readonly string[] | ((path: string) => boolean);
}

/** What was uploaded. */
export interface UploadInfo {
  readonly name: string;
  /** `package`: it is imported by its name; the others by `upload:NAME`. */
  readonly kind: 'file' | 'directory' | 'package';
  /** sha256, in hex: the same for the same files, whoever uploads them. */
  readonly hash: string;
  readonly nbytes: number;
  /** Number of files. */
  readonly files: number;
  /** Workers that have it by now. Those that come later get it before their first task. */
  readonly workers: number;
}

const MAX_BYTES = '64 MiB';

/** Counts what is read for an upload, and stops before it is too much. */
export class UploadBudget {
  readonly #name: string;
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(name: string, maxBytes: number | string | undefined) {
    this.#name = name;
    this.#bytesMax = parseBytes(maxBytes ?? MAX_BYTES);
  }

  /**
   * Notes a file that is about to be read.
   * @throws {@link ClientError} `GRID_CLIENT_UPLOAD_TOO_LARGE`.
   */
  add(path: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#bytesMax) return;
    const limit = formatBytes(this.#bytesMax);
    throw new ClientError(
      'GRID_CLIENT_UPLOAD_TOO_LARGE',
      `'${this.#name}' is larger than ${limit}, at '${path}' of ${formatBytes(bytes)}; leave files out with the option skip, ` +
        'raise the option maxBytes, or, for data, use client.scatter(…) or a place that all workers can read',
      { details: { path, bytesMax: this.#bytesMax } },
    );
  }
}
