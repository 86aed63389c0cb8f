import { asAddress, isGridError, type Bytes, type Logger } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { Nanny, workerEnvironment, type RunningWorker } from '@grid/nanny';
import { loadPreloads } from '@grid/plugins';
import type { LifetimeOptions, WorkerMemoryOptions } from '@grid/worker-core';

import type { SchedulerLaunch, TimeLimitOptions, WorkerLaunch } from '../process/launch-config.js';
import { DeployError } from '../errors.js';
import { ChildProcess } from './child-process.js';
import { NannyNode } from './nanny-node.js';
import type { ClusterNode, NodeLauncher } from './node-launcher.js';
import type { PreloadsOfParts } from './preload-options.js';
import { processEnvironment } from './process-environment.js';

/** What all processes of one cluster have in common. */
export interface ProcessOptions {
  readonly host: string;
  readonly schedulerPort: number;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly token: string | null;
  readonly threads: number;
  readonly memoryLimit: Bytes;
  readonly resources: Readonly<Record<string, number>>;
  readonly executors: Readonly<Record<string, number>>;
  readonly memory: WorkerMemoryOptions;
  readonly lifetime: LifetimeOptions | null;
  readonly root: string;
  readonly uploadBytesMax: number;
  readonly allowPlugins: boolean;
  readonly timeLimits: TimeLimitOptions;
  readonly preloads: PreloadsOfParts;
  /** Whether workers sample what tasks do from the start on. */
  readonly profile: boolean;
  /** Variables for workers, besides those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether workers that die are started anew, and killed when they take more than `memoryBytesMax`. */
  readonly nanny: boolean;
  /** Bytes of resident memory of one worker; 0: no limit. */
  readonly memoryBytesMax: number;
  readonly logger: Logger;
}

/** Lines of nannies do not keep a program alive that has nothing else to do. */
const UNHELD_TRANSPORTS = new Transports([new TcpTransport({ holdsProcess: false })]);

/** Runs each part of a cluster as a process of its own. */
export class ProcessLauncher implements NodeLauncher {
  readonly transports = null;
  readonly #options: ProcessOptions;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  async startScheduler(): Promise<ClusterNode> {
    const { host, schedulerPort, http, token, uploadBytesMax, allowPlugins, timeLimits, preloads } = this.#options;
    const child = new ChildProcess('scheduler', new URL('./process/scheduler-process.js', import.meta.url));
    const launch: SchedulerLaunch = {
      host,
      port: schedulerPort,
      http,
      token,
      uploadBytesMax,
      allowPlugins,
      timeLimits,
      preload: preloads.scheduler,
    };
    return ready(child, launch);
  }

  async startWorker(name: string, scheduler: Promise<ClusterNode>): Promise<ClusterNode> {
    const { nanny: restarts, memoryBytesMax, memoryLimit, token, env, root, logger } = this.#options;
    const preloads = await loadPreloads<Nanny>(this.#options.preloads.nanny, logger);
    const command = {
      entry: new URL('./process/worker-process.js', import.meta.url),
      env: processEnvironment({ ...workerEnvironment(process.env), ...env }),
    };
    const nanny = new Nanny(
      {
        name,
        command,
        ...(restarts && { scheduler: { address: scheduler.then(({ address }) => asAddress(address)), token } }),
        memoryLimit,
        root,
        limits: { restarts, memoryBytesMax: restarts ? memoryBytesMax : 0, jitter: Math.random() },
        holdsProcess: false,
      },
      {
        logger,
        transports: UNHELD_TRANSPORTS,
        launch: async () => this.#workerLaunch(name, (await scheduler).address),
      },
    );
    await preloads.setup(nanny);
    void nanny.closed.then(() => preloads.teardown(nanny));
    // The process loads its code while the scheduler does; only then is it told where to go.
    return new NannyNode(name, { nanny, preloads, first: await startOf(nanny, name) });
  }

  #workerLaunch(name: string, schedulerAddress: string): WorkerLaunch {
    const { host, threads, memoryLimit, resources, executors, memory, lifetime, root, token } = this.#options;
    const { preloads, profile } = this.#options;
    return {
      schedulerAddress,
      name,
      host,
      threads,
      memoryLimit,
      resources,
      executors,
      memory,
      lifetime,
      preload: preloads.worker,
      profile,
      root,
      token,
    };
  }
}

/** With the error that all processes of a cluster have if they do not come up. */
async function startOf(nanny: Nanny, name: string): Promise<RunningWorker> {
  try {
    return await nanny.start();
  } catch (error) {
    if (!isGridError(error, 'GRID_NANNY_START_FAILED')) throw error;
    const { output } = error.details;
    throw new DeployError('GRID_DEPLOY_START_FAILED', error.message, {
      details: { process: name, output },
      cause: error,
    });
  }
}

async function ready(child: ChildProcess, launch: SchedulerLaunch): Promise<ClusterNode> {
  const { address, http } = await child.launch(launch);
  child.unref();
  return {
    name: child.name,
    address,
    http,
    pid: child.pid ?? null,
    exited: child.exited.then(({ code, signal }) => signal ?? `code ${String(code)}`),
    get log() {
      return child.log;
    },
    stop: () => child.stop(),
  };
}
