import { asAddress, invariant, systemClock, type LogFields, type Logger } from '@grid/common';
import { InprocTransport, Transports, type Transport } from '@grid/comm';
import { loadPreloads } from '@grid/plugins';
import { SchedulerServer } from '@grid/scheduler-core';
import { createInlineExecutor, WorkerServer, type WorkerMemoryOptions } from '@grid/worker-core';

import type { TimeLimitOptions } from '../process/launch-config.js';
import type { ClusterShape } from './cluster-shape.js';
import type { ClusterNode, NodeLauncher } from './node-launcher.js';
import type { PreloadsOfParts } from './preload-options.js';

/** What the parts of an in-process cluster have in common. */
export interface InProcessOptions {
  readonly shape: ClusterShape;
  readonly resources: Readonly<Record<string, number>>;
  readonly executors: Readonly<Record<string, number>>;
  readonly memory: WorkerMemoryOptions;
  readonly token: string;
  readonly root: string;
  readonly uploadBytesMax: number;
  readonly allowPlugins: boolean;
  readonly timeLimits: TimeLimitOptions;
  readonly preloads: PreloadsOfParts;
  readonly logger: Logger;
}

/** Lines of log kept for each part. */
const LOG_LINES_MAX = 1000;

/**
 * Runs a cluster on this process's event loop. Messages go through the same codec as on a socket, so what works here
 * works there; but a task that computes keeps everything waiting, and cannot be stopped.
 */
export class InProcessLauncher implements NodeLauncher {
  readonly transports: readonly Transport[];
  readonly #options: InProcessOptions;

  constructor(options: InProcessOptions) {
    this.#options = options;
    // One transport a cluster: clusters of one process never meet.
    this.transports = [new InprocTransport()];
  }

  async startScheduler(): Promise<ClusterNode> {
    const log: string[] = [];
    const { token, uploadBytesMax, allowPlugins, timeLimits, logger } = this.#options;
    const preloads = await loadPreloads<SchedulerServer>(this.#options.preloads.scheduler, logger);
    const scheduler = new SchedulerServer(
      { token, uploadBytesMax, allowPlugins, ...timeLimits },
      {
        transports: new Transports(this.transports),
        logger: keepLines(logger, log),
        clock: systemClock,
      },
    );
    const [address] = await scheduler.start([asAddress('inproc://')]);
    invariant(address !== undefined, 'the scheduler listens on the address it was given');
    await orClose(scheduler, () => preloads.setup(scheduler));
    const exited = scheduler.closed.then(async (reason) => {
      await preloads.teardown(scheduler);
      return reason;
    });
    return {
      name: 'scheduler',
      address,
      http: null,
      pid: null,
      exited,
      log,
      stop: async () => {
        await scheduler.close('the cluster was closed');
        await exited;
      },
    };
  }

  async startWorker(name: string, scheduler: Promise<ClusterNode>): Promise<ClusterNode> {
    const log: string[] = [];
    const { shape, resources, executors, memory, token, root, logger } = this.#options;
    const preloads = await loadPreloads<WorkerServer>(this.#options.preloads.worker, logger);
    const worker = new WorkerServer(
      {
        schedulerAddress: asAddress((await scheduler).address),
        listenAddress: asAddress('inproc://'),
        name,
        threads: shape.threadsPerWorker,
        memoryLimit: shape.memoryLimit,
        resources,
        executors,
        // The memory of this process is not the worker's alone.
        memorySpillFraction: false,
        memoryPauseFraction: false,
        ...memory,
        root,
        token,
      },
      {
        transports: new Transports(this.transports),
        logger: keepLines(logger, log),
        createExecutor: createInlineExecutor,
      },
    );
    await orClose(worker, () => preloads.setup(worker));
    await worker.start();
    const exited = worker.closed.then(async ({ message }) => {
      await preloads.teardown(worker);
      return message;
    });
    return {
      name,
      address: worker.address,
      http: null,
      pid: null,
      exited,
      log,
      stop: async () => {
        await worker.close('the cluster was scaled down');
        await exited;
      },
    };
  }
}

/** Does the rest of what is to be done before a server is ready; if that fails the server is not left behind. */
async function orClose(server: { close(reason: string): Promise<void> }, rest: () => Promise<void>): Promise<void> {
  try {
    await rest();
  } catch (error) {
    await server.close('it could not be set up');
    throw error;
  }
}

/** Keeps the lines of one part, besides writing them where the cluster's go. */
function keepLines(logger: Logger, lines: string[]): Logger {
  const keep = (text: string): void => {
    lines.push(text);
    if (lines.length > LOG_LINES_MAX) lines.shift();
  };
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: LogFields, text: string): void => {
      keep(`${level} ${text}`);
      logger[level](fields, text);
    };
  return {
    debug: logger.debug.bind(logger),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (bindings) => keepLines(logger.child(bindings), lines),
  };
}
