import { asBytes } from '@grid/common';

import { memoryFractions, type WorkerOptions } from '../options.js';
import type { DataStore } from './data-store.js';
import { MemoryStore } from './memory-store.js';
import { createLocalDirectory } from './spill/local-directory.js';
import { SpillStore } from './spill/spill-store.js';

/** The store that fits a worker's options: one that spills if there is a limit to its memory and it may. */
export function createStore(options: WorkerOptions): DataStore {
  const { memoryLimit, localDirectory, maxSpill = null } = options;
  const { target, spill } = memoryFractions(options);
  if (memoryLimit === 0 || (target === false && spill === false)) return new MemoryStore();
  return new SpillStore({
    targetBytes: target === false ? null : asBytes(Math.floor(target * memoryLimit)),
    maxSpill,
    createFolder: () => createLocalDirectory(localDirectory),
  });
}
