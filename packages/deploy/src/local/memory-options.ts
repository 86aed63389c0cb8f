import { parseBytes } from '@grid/common';
import type { WorkerMemoryOptions } from '@grid/worker-core';

/** What a user may say about the memory of workers. A fraction is a part of the limit; `false`: it is not minded. */
export interface MemoryOptions extends Omit<WorkerMemoryOptions, 'maxSpill'> {
  /** Size of the results that each worker may have on disk: bytes or `'100 GiB'`. Default: no limit but the disk's. */
  readonly maxSpill?: number | string;
}

/** Picks them out of all options of a cluster. */
export function memoryOptions(options: MemoryOptions): WorkerMemoryOptions {
  const { memoryTargetFraction, memorySpillFraction, memoryPauseFraction, localDirectory, maxSpill } = options;
  return {
    ...(memoryTargetFraction !== undefined && { memoryTargetFraction }),
    ...(memorySpillFraction !== undefined && { memorySpillFraction }),
    ...(memoryPauseFraction !== undefined && { memoryPauseFraction }),
    ...(localDirectory !== undefined && { localDirectory }),
    ...(maxSpill !== undefined && { maxSpill: parseBytes(maxSpill) }),
  };
}
