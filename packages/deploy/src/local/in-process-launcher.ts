import { asAddress, invariant, systemClock, type LogFields, type Logger } from '@grid/common';
import { InprocTransport, Transports, type Transport } from '@grid/comm';
import { SchedulerServer } from '@grid/scheduler-core';
import { createInlineExecutor, WorkerServer, type WorkerMemoryOptions } from '@grid/worker-core';

import type { TimeLimitOptions } from '../process/launch-config.js';
import type { ClusterShape } from './cluster-shape.js';
import type { ClusterNode, NodeLauncher } from './node-launcher.js';

/** What the parts of an in-process cluster have in common. */
export interface InProcessOptions {
  readonly shape: ClusterShape;
  readonly resources: Readonly<Record<string, number>>;
  readonly memory: WorkerMemoryOptions;
  readonly token: string;
  readonly root: string;
  readonly uploadBytesMax: number;
  readonly allowPlugins: boolean;
  readonly timeLimits: TimeLimitOptions;
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
    let closed: () => void = () => {};
    const exited = new Promise<string>((resolve) => {
      closed = () => resolve('closed');
    });
    return {
      name: 'scheduler',
      address,
      http: null,
      pid: null,
      exited,
      log,
      stop: () => scheduler.close('the cluster was closed').then(closed),
    };
  }

  async startWorker(name: string, scheduler: Promise<ClusterNode>): Promise<ClusterNode> {
    const log: string[] = [];
    const { shape, resources, memory, token, root, logger } = this.#options;
    const worker = new WorkerServer(
      {
        schedulerAddress: asAddress((await scheduler).address),
        listenAddress: asAddress('inproc://'),
        name,
        threads: shape.threadsPerWorker,
        memoryLimit: shape.memoryLimit,
        resources,
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
    await worker.start();
    return {
      name,
      address: worker.address,
      http: null,
      pid: null,
      exited: worker.closed.then(({ message }) => message),
      log,
      stop: () => worker.close('the cluster was scaled down'),
    };
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
