import { formatBytes } from '@grid/common';
import { uploadBytes, type Upload, type UploadFile, type UploadKind } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';

/** Names that somebody may give to uploads: a worker that comes is told of all of them at once. */
const UPLOADS_MAX = 500;

/** How many names an error lists. */
const NAMES_MAX = 10;

/** An upload as it is kept: bytes that nobody here looks into. */
export interface KeptUpload {
  readonly name: string;
  readonly kind: UploadKind;
  /** What is in it; see `hashUpload`. */
  readonly hash: string;
  readonly nbytes: number;
  readonly files: readonly UploadFile[];
}

/** What clients have uploaded, by name: kept for workers that come later, up to a number of bytes in all. */
export class UploadStore {
  readonly bytesMax: number;
  readonly #kept = new Map<string, KeptUpload>();
  /** On their way to workers, and how often; they may have been replaced since. */
  readonly #underWay = new Map<KeptUpload, number>();

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** All that is kept, in the order in which names were first used. */
  get all(): readonly KeptUpload[] {
    return [...this.#kept.values()];
  }

  get nbytes(): number {
    let sum = 0;
    for (const { nbytes } of this.#kept.values()) sum += nbytes;
    return sum;
  }

  /**
   * Keeps an upload, in place of the one that had its name.
   *
   * @throws {@link SchedulerError} `GRID_SCHEDULER_UPLOADS_FULL`; then all is as it was.
   */
  put({ name, kind, files }: Upload, hash: string): KeptUpload {
    const nbytes = uploadBytes(files);
    const before = this.#kept.get(name);
    const others = this.nbytes - (before?.nbytes ?? 0);
    if (others + nbytes > this.bytesMax || (before === undefined && this.#kept.size >= UPLOADS_MAX)) {
      throw this.#full(name, nbytes, others);
    }
    // Memory that is there already need not be held twice.
    const same = this.find(hash);
    const kept = { name, kind, hash, nbytes, files: same?.files ?? files };
    this.#kept.set(name, kept);
    return kept;
  }

  /** Forgets an upload; `false` if there is none of this name. */
  remove(name: string): boolean {
    return this.#kept.delete(name);
  }

  /** The upload with this content, for as long as it is kept or on its way. */
  find(hash: string): KeptUpload | undefined {
    for (const upload of this.#kept.values()) if (upload.hash === hash) return upload;
    for (const upload of this.#underWay.keys()) if (upload.hash === hash) return upload;
    return undefined;
  }

  /** Holds on to an upload while workers are being given it, whatever takes its name meanwhile. */
  async whileUnderWay<T>(upload: KeptUpload, give: () => Promise<T>): Promise<T> {
    this.#underWay.set(upload, (this.#underWay.get(upload) ?? 0) + 1);
    try {
      return await give();
    } finally {
      const count = (this.#underWay.get(upload) ?? 1) - 1;
      if (count === 0) this.#underWay.delete(upload);
      else this.#underWay.set(upload, count);
    }
  }

  #full(name: string, nbytes: number, others: number): SchedulerError {
    const names = [...this.#kept.keys()].filter((other) => other !== name);
    const list =
      names.length === 0 ? '' : ` (${names.slice(0, NAMES_MAX).join(', ')}${names.length > NAMES_MAX ? ', …' : ''})`;
    return new SchedulerError(
      'GRID_SCHEDULER_UPLOADS_FULL',
      `no room for the upload '${name}' of ${formatBytes(nbytes)}: the scheduler keeps ${String(names.length)} others of ` +
        `${formatBytes(others)}${list}, and ${formatBytes(this.bytesMax)} or ${String(UPLOADS_MAX)} uploads are the most; ` +
        'remove some with client.removeUpload(…), or start the scheduler with a larger --upload-limit',
      { details: { name, nbytes, others, bytesMax: this.bytesMax } },
    );
  }
}
