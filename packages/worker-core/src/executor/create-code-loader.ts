import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';

import type { CodeLoader } from './code-loader.js';
import type { ThreadSetup } from './thread-messages.js';

/** The loader of one thread. */
export function createCodeLoader({ root, workerAddress }: ThreadSetup): CodeLoader {
  const decoder = new FunctionDecoder({ root, worker: `worker ${workerAddress}` });
  return {
    encoder: new FunctionEncoder(),
    decoder,
    load: (part) => decoder.load(part),
    importModule: (specifier) => decoder.importModule(specifier),
    prepare: (payload) => decoder.prepare(payload),
    setUploads: (table) => decoder.setUploads(table),
    findUpload: (name) => decoder.findUpload(name),
  };
}
