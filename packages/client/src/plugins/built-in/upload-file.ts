import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { UploadFileOptions, UploadInfo } from '../../uploads/upload-options.js';
import type { ClientPlugin, PluginClient } from '../plugin-types.js';

interface Uploader extends PluginClient {
  uploadFile(path: string, options: UploadFileOptions): Promise<UploadInfo>;
  removeUpload(name: string): Promise<boolean>;
}

/**
 * Puts a file on all workers, also on those that come later, as `client.uploadFile` does; and takes it away when it is
 * unregistered.
 *
 * @source dask.distributed `UploadFile`.
 */
export class UploadFile implements ClientPlugin {
  readonly kind = 'client';
  readonly name: string;
  readonly #path: string;
  readonly #options: UploadFileOptions;
  #uploaded = '';

  constructor(path: string | URL, options: UploadFileOptions = {}) {
    this.#path = String(path).startsWith('file:') ? fileURLToPath(path) : String(path);
    this.#options = options;
    this.name = `upload-${options.name ?? basename(this.#path)}`;
  }

  async setup(client: Uploader): Promise<void> {
    this.#uploaded = (await client.uploadFile(this.#path, this.#options)).name;
  }

  /** What was uploaded stays when the client closes: others may be using it. */
  async teardown(client: Uploader, why: 'unregistered' | 'closed'): Promise<void> {
    if (why === 'unregistered') await client.removeUpload(this.#uploaded);
  }
}
