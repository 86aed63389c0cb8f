import type { Bytes } from '@grid/common';
import type { WorkerMemoryOptions } from '@grid/worker-core';

import type { SchedulerLaunch, WorkerLaunch } from '../process/launch-config.js';
import { ChildProcess } from './child-process.js';
import type { ClusterNode, NodeLauncher } from './node-launcher.js';
import { workerEnvironment } from './worker-environment.js';

/** What all processes of one cluster have in common. */
export interface ProcessOptions {
  readonly host: string;
  readonly schedulerPort: number;
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly token: string | null;
  readonly threads: number;
  readonly memoryLimit: Bytes;
  readonly resources: Readonly<Record<string, number>>;
  readonly memory: WorkerMemoryOptions;
  readonly root: string;
  readonly uploadBytesMax: number;
  /** Variables for workers, besides those of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs each part of a cluster as a process of its own. */
export class ProcessLauncher implements NodeLauncher {
  readonly transports = null;
  readonly #options: ProcessOptions;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  async startScheduler(): Promise<ClusterNode> {
    const { host, schedulerPort, http, token, uploadBytesMax } = this.#options;
    const child = new ChildProcess('scheduler', new URL('./process/scheduler-process.js', import.meta.url), {});
    const launch: SchedulerLaunch = { host, port: schedulerPort, http, token, uploadBytesMax };
    return ready(child, launch);
  }

  async startWorker(name: string, scheduler: Promise<ClusterNode>): Promise<ClusterNode> {
    const { host, threads, memoryLimit, resources, memory, root, token, env } = this.#options;
    // The process loads its code while the scheduler does; only then is it told where to go.
    const child = new ChildProcess(name, new URL('./process/worker-process.js', import.meta.url), {
      ...workerEnvironment(process.env),
      ...env,
    });
    try {
      const { address: schedulerAddress } = await scheduler;
      const launch: WorkerLaunch = {
        schedulerAddress,
        name,
        host,
        threads,
        memoryLimit,
        resources,
        memory,
        root,
        token,
      };
      return await ready(child, launch);
    } catch (error) {
      child.kill();
      throw error;
    }
  }
}

async function ready(child: ChildProcess, launch: SchedulerLaunch | WorkerLaunch): Promise<ClusterNode> {
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
