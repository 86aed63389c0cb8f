import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';

import type { CodeLoader } from './code-loader.js';

/**
 * The loader of one thread.
 *
 * @param root - Folder from which packages are resolved that tasks import.
 */
export function createCodeLoader(root: string): CodeLoader {
  const decoder = new FunctionDecoder({ root });
  return {
    encoder: new FunctionEncoder(),
    decoder,
    load: (part) => decoder.load(part),
    prepare: (payload) => decoder.prepare(payload),
  };
}
