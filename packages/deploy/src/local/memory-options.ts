import { parseBytes, type Bytes } from '@grid/common';
import type { WorkerMemoryOptions } from '@grid/worker-core';

import { DeployError } from '../errors.js';

/** What a user may say about the memory of workers. A fraction is a part of the limit; `false`: it is not minded. */
export interface MemoryOptions extends Omit<WorkerMemoryOptions, 'maxSpill'> {
  /** Size of the results that each worker may have on disk: bytes or `'100 GiB'`. Default: no limit but the disk's. */
  readonly maxSpill?: number | string;
  /** Beyond this part of the memory limit a worker is killed and started anew. Default: 0.95. */
  readonly memoryTerminateFraction?: number | false;
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

/** Bytes beyond which a worker is killed; 0: it is not. */
export function terminateBytes(
  { memoryTerminateFraction: fraction = 0.95 }: MemoryOptions,
  memoryLimit: Bytes,
): number {
  if (fraction === false) return 0;
  if (fraction > 0 && fraction <= 1) return Math.floor(memoryLimit * fraction);
  throw new DeployError(
    'GRID_DEPLOY_BAD_OPTION',
    `option memoryTerminateFraction is ${String(fraction)}; it must be a part of the memory limit such as 0.95, or false`,
    { details: { option: 'memoryTerminateFraction', value: fraction } },
  );
}
