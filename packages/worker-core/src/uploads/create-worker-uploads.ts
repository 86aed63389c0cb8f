import { fileURLToPath } from 'node:url';

import { createLocalDirectory } from '../store/spill/local-directory.js';
import { moduleFolders } from './module-folders.js';
import { UploadFolder } from './upload-folder.js';
import { WorkerUploads, type WorkerUploadsParts } from './worker-uploads.js';

/** Where a worker's uploads go, and what the modules in them may import. */
export interface UploadPlacesOptions {
  /** Folder from which tasks resolve packages. */
  readonly root: string;
  /** Where a folder for this worker's files is made. @defaultValue the system's place for temporary files */
  readonly localDirectory: string | undefined;
}

/** What has been uploaded to a worker, on its disk. */
export function createWorkerUploads(
  { root, localDirectory }: UploadPlacesOptions,
  parts: Omit<WorkerUploadsParts, 'folder'>,
): WorkerUploads {
  // Modules may import the packages of the worker itself, as tasks may.
  const ownPlace = fileURLToPath(new URL('.', import.meta.url));
  const createBase = (): Promise<string> => createLocalDirectory(localDirectory);
  const folder = new UploadFolder(createBase, () => moduleFolders([root, ownPlace]));
  return new WorkerUploads({ ...parts, folder });
}
