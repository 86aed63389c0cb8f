import {
  isGridError,
  parseBytes,
  parseDuration,
  problemWithOptions,
  type Logger,
  type OptionNames,
} from '@grid/common';

import { DeployError } from '../errors.js';
import type { ShapeOptions } from './cluster-shape.js';
import type { MemoryOptions } from './memory-options.js';
import type { ClusterPreloads } from './preload-options.js';
import type { ClusterTimeLimits } from './time-limits.js';
import type { WorkerLifetime } from './worker-lifetime.js';

/** How a local cluster is made. */
export interface LocalClusterOptions extends ShapeOptions, MemoryOptions, ClusterTimeLimits, WorkerLifetime {
  /** Number of workers. Default: up to four, one a core; beyond, about the square root of the number of cores. */
  readonly nWorkers?: number;
  /** Threads of each worker. Default: what makes use of all cores. */
  readonly threadsPerWorker?: number;
  /** Memory of each worker: bytes or `'4 GiB'`. Default: its share of the machine's, by threads. */
  readonly memoryLimit?: number | string;
  /** What each worker has of abstract resources that tasks may ask for, such as `{ GPU: 1 }`. Default: nothing. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Threads that each worker has for tasks that name their executor, such as `{ gpu: 1 }`. Default: none. */
  readonly executors?: Readonly<Record<string, number>>;
  /**
   * Whether scheduler and workers are processes of their own. `false` runs them in this process, on its event loop:
   * for tests, and for stepping through tasks. Default: `true`.
   */
  readonly processes?: boolean;
  /** The interface to listen on. Default: `127.0.0.1`; nothing can be reached from other machines. */
  readonly host?: string;
  /** The scheduler's port; 0 for any that is free. Default: 0. */
  readonly schedulerPort?: number;
  /** `host:port` for metrics and health; `null` for none. Default: `127.0.0.1:8787`, or the next port that is free. */
  readonly dashboardAddress?: string | null;
  /** The cluster's token. Default: one made for this cluster alone. */
  readonly token?: string;
  /** The folder from which workers resolve the packages that tasks import. Default: the working directory. */
  readonly root?: string;
  /** Uploaded files that the scheduler keeps for workers that come later: bytes or `'1 GiB'`. Default: `'512 MiB'`. */
  readonly uploadLimit?: number | string;
  /** Whether clients may register plugins of the scheduler, whose code runs in a thread beside it. Default: `true`. */
  readonly allowPlugins?: boolean;
  /**
   * Whether workers that die are started anew, and killed when they take more memory than they may. Default: `true`, for
   * workers that are processes.
   */
  readonly nanny?: boolean;
  /**
   * Whether what tasks do is sampled from the start on, rather than from the first time on that somebody asks
   * `client.profile()`. Default: `false`; not for workers in this process.
   */
  readonly profile?: boolean;
  /** Modules that scheduler, workers and nannies load first, and that have a hold of them: see the page on plugins. */
  readonly preload?: ClusterPreloads;
  /** Variables of the workers' environment, besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the cluster logs what becomes of its workers. Default: nowhere. */
  readonly logger?: Logger;
}

const NAMES: OptionNames<LocalClusterOptions> = {
  nWorkers: true,
  threadsPerWorker: true,
  memoryLimit: true,
  resources: true,
  executors: true,
  processes: true,
  host: true,
  schedulerPort: true,
  dashboardAddress: true,
  token: true,
  root: true,
  uploadLimit: true,
  allowPlugins: true,
  nanny: true,
  profile: true,
  preload: true,
  env: true,
  logger: true,
  memoryTargetFraction: true,
  memorySpillFraction: true,
  memoryPauseFraction: true,
  memoryTerminateFraction: true,
  localDirectory: true,
  maxSpill: true,
  idleTimeout: true,
  noWorkersTimeout: true,
  clientTtl: true,
  workerTtl: true,
  lifetime: true,
  lifetimeStagger: true,
  lifetimeRestart: true,
};

const SIZES = ['memoryLimit', 'uploadLimit', 'maxSpill'] as const;
const TIMES = ['idleTimeout', 'noWorkersTimeout', 'clientTtl', 'workerTtl', 'lifetime', 'lifetimeStagger'] as const;

/**
 * Looks for options that there are not, and for sizes and times that are none.
 *
 * @throws {@link DeployError} `GRID_DEPLOY_BAD_OPTION`, which names the option
 */
export function checkClusterOptions(options: LocalClusterOptions): void {
  const problem = problemWithOptions(options, NAMES);
  if (problem !== null) throw new DeployError('GRID_DEPLOY_BAD_OPTION', problem);
  for (const name of SIZES) check(name, options[name], parseBytes);
  for (const name of TIMES) check(name, options[name], parseDuration);
}

function check(
  option: string,
  value: number | string | null | undefined,
  parse: (value: number | string) => unknown,
): void {
  if (value === undefined || value === null) return;
  try {
    parse(value);
  } catch (error) {
    if (!isGridError(error)) throw error;
    throw new DeployError('GRID_DEPLOY_BAD_OPTION', `option ${option}: ${error.message}`, {
      details: { option, value },
      cause: error,
    });
  }
}
