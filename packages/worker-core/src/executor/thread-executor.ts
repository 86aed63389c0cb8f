import { sharedGarbageMax, threadHeapMax, type WorkerOptions } from '../options.js';
import { allowSharedGarbage } from '../store/count-for-collector.js';
import { defaultThreadEntry } from '../thread-entry-url.js';
import type { Executor } from './executor.js';
import { workerThreadStarter } from './start-worker-thread.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

/** What tells a pool of threads how large to be and where packages are. */
interface PoolPlace {
  readonly threads: number;
  readonly root: string;
  readonly executors: Readonly<Record<string, number>>;
}

/** Threads of this process, which this worker then has to itself. */
export function threadExecutor(entry: URL | undefined, options: WorkerOptions): (place: PoolPlace) => Executor {
  const heapBytesMax = threadHeapMax(options);
  const garbageMax = sharedGarbageMax(options);
  allowSharedGarbage(garbageMax);
  const startThread = workerThreadStarter({
    entry: entry ?? defaultThreadEntry(),
    sharedGarbageMax: garbageMax,
    ...(heapBytesMax > 0 && { resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20) } }),
  });
  return (place) => new ThreadPoolExecutor(place, { startThread });
}
