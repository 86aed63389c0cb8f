import { isGridError, messageOf, type Logger } from '@grid/common';
import {
  checkUpload,
  checkUploadName,
  hashUpload,
  uploadBytes,
  type MessageWith,
  type UploadFile,
  type UploadPlace,
  type UploadTable,
} from '@grid/protocol';

import { WorkerError } from '../errors.js';
import type { UploadFolder } from './upload-folder.js';

type TakeUpload = MessageWith<'take-upload'>;

export interface WorkerUploadsParts {
  readonly folder: UploadFolder;
  readonly logger: Logger;
  /** Gets content from the scheduler; `null`: it does not keep it any more. Bounded in time. */
  fetch(hash: string): Promise<readonly UploadFile[] | null>;
  /** Told of all uploads whenever they have changed. */
  onChange(table: UploadTable): void;
}

/** One name: what it stands for now, and what it stood for before, which tasks may still be using. */
interface Held {
  place: UploadPlace;
  hash: string;
  previousHash: string;
}

/** What has been uploaded to this worker. Its methods are called one at a time. */
export class WorkerUploads {
  readonly #parts: WorkerUploadsParts;
  readonly #held = new Map<string, Held>();
  /** Where contents lie, by hash. */
  readonly #stored = new Map<string, string>();

  constructor(parts: WorkerUploadsParts) {
    this.#parts = parts;
  }

  /**
   * Gets an upload and gives it its name. Where that fails, tasks that ask for it are told why.
   *
   * @throws {@link WorkerError} `GRID_WORKER_UPLOAD_FAILED`; `ProtocolError` `GRID_PROTOCOL_BAD_UPLOAD`.
   */
  async take(message: TakeUpload): Promise<void> {
    const { name, kind, hash } = message;
    checkUploadName(name);
    let path = '';
    let failure: unknown;
    try {
      path = this.#stored.get(hash) ?? (await this.#get(message));
      if (kind === 'package') await this.#parts.folder.linkPackage(name, path);
    } catch (error) {
      failure = error;
      this.#parts.logger.warn({ upload: name, error: messageOf(error) }, 'an upload could not be stored');
    }
    const problem = failure === undefined ? '' : messageOf(failure);
    const place: UploadPlace = { name, kind, path: problem === '' ? path : '', problem };
    const before = this.#held.get(name);
    const previousHash = before === undefined || before.hash === hash ? (before?.previousHash ?? '') : before.hash;
    if (before?.place.kind === 'package' && (kind !== 'package' || problem !== '')) await this.#unlink(name);
    this.#held.set(name, { place, hash, previousHash });
    this.#tell();
    await this.#deleteUnused();
    if (failure !== undefined) throw failed(name, failure);
  }

  /** Takes a name away, and what it stood for. */
  async drop(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held === undefined) return;
    this.#held.delete(name);
    if (held.place.kind === 'package') await this.#unlink(name);
    this.#tell();
    await this.#deleteUnused();
  }

  /** Removes everything from the disk; never rejects. Called when no task runs any more. */
  async close(): Promise<void> {
    this.#held.clear();
    this.#stored.clear();
    await this.#quietly(this.#parts.folder.remove(), 'all');
  }

  async #get({ name, kind, hash, nbytes }: TakeUpload): Promise<string> {
    const files = await this.#parts.fetch(hash);
    if (files === null) throw gone(name);
    const upload = { name, kind, files };
    checkUpload(upload);
    if (uploadBytes(files) !== nbytes || (await hashUpload(upload)) !== hash) throw damaged(name);
    const path = await this.#parts.folder.store({ name, kind, hash }, files);
    this.#stored.set(hash, path);
    return path;
  }

  #tell(): void {
    const places = Array.from(this.#held.values(), ({ place }) => place);
    this.#parts.onChange({ places, packagesFolder: this.#parts.folder.path });
  }

  async #unlink(name: string): Promise<void> {
    await this.#quietly(this.#parts.folder.unlinkPackage(name), name);
  }

  async #deleteUnused(): Promise<void> {
    const used = new Set<string>();
    for (const { hash, previousHash } of this.#held.values()) used.add(hash).add(previousHash);
    for (const hash of [...this.#stored.keys()].filter((candidate) => !used.has(candidate))) {
      this.#stored.delete(hash);
      await this.#quietly(this.#parts.folder.delete(hash), hash);
    }
  }

  /** What stays behind on the disk is in nobody's way. */
  async #quietly(removal: Promise<void>, what: string): Promise<void> {
    try {
      await removal;
    } catch (error) {
      this.#parts.logger.warn(
        { upload: what, error: messageOf(error) },
        'an upload could not be removed from the disk',
      );
    }
  }
}

function failed(name: string, cause: unknown): WorkerError {
  if (isGridError(cause) && cause.code.startsWith('GRID_WORKER_')) return cause as WorkerError;
  return new WorkerError('GRID_WORKER_UPLOAD_FAILED', `'${name}' could not be stored: ${messageOf(cause)}`, {
    details: { name },
    cause,
  });
}

function gone(name: string): WorkerError {
  return new WorkerError('GRID_WORKER_UPLOAD_FAILED', `the scheduler does not keep '${name}' any more`, {
    details: { name },
  });
}

function damaged(name: string): WorkerError {
  return new WorkerError('GRID_WORKER_UPLOAD_FAILED', `'${name}' is not what its hash says; upload it again`, {
    details: { name },
  });
}
