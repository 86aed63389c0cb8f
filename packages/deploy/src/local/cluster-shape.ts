import { asBytes, parseBytes, type Bytes } from '@grid/common';

import { DeployError } from '../errors.js';

/** What this machine has to offer. */
export interface Machine {
  readonly cpus: number;
  readonly memory: Bytes;
}

/** How many workers of which size. */
export interface ClusterShape {
  readonly workers: number;
  readonly threadsPerWorker: number;
  /** Of each worker. */
  readonly memoryLimit: Bytes;
}

/** What a user may say about the shape. */
export interface ShapeOptions {
  readonly nWorkers?: number;
  readonly threadsPerWorker?: number;
  readonly memoryLimit?: number | string;
}

/**
 * Fits a cluster to a machine.
 *
 * Without any wish: up to four cores a worker each, so that one worker's death or full heap costs little; beyond, a few
 * workers of several threads, about as many of the one as of the other, since threads of a worker share its data.
 *
 * @source dask.distributed `nprocesses_nthreads`.
 */
export function fitCluster(machine: Machine, options: ShapeOptions): ClusterShape {
  const { nWorkers, threadsPerWorker } = options;
  check('nWorkers', nWorkers, 0);
  check('threadsPerWorker', threadsPerWorker, 1);
  const workers =
    nWorkers ??
    (threadsPerWorker === undefined
      ? defaultWorkers(machine.cpus)
      : Math.max(1, Math.floor(machine.cpus / threadsPerWorker)));
  const threads = threadsPerWorker ?? Math.max(1, Math.floor(machine.cpus / Math.max(1, workers)));
  const memoryLimit =
    options.memoryLimit === undefined
      ? asBytes(Math.floor(machine.memory * Math.min(1, threads / machine.cpus)))
      : parseBytes(options.memoryLimit);
  return { workers, threadsPerWorker: threads, memoryLimit };
}

function defaultWorkers(cpus: number): number {
  if (cpus <= 4) return cpus;
  // The divisor of the number of cores next above its square root.
  let workers = Math.ceil(Math.sqrt(cpus));
  while (cpus % workers !== 0) workers += 1;
  return workers;
}

function check(option: string, value: number | undefined, min: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  throw new DeployError(
    'GRID_DEPLOY_BAD_OPTION',
    `option ${option} is ${String(value)}; it must be a whole number from ${String(min)} on`,
    {
      details: { option, value },
    },
  );
}
