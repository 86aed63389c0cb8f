import {
  deadlineSignal,
  formatBytes,
  messageOf,
  nullLogger,
  raceAbort,
  parseBytes,
  refuseWhileLoadingModule,
  type Logger,
} from '@grid/common';
import { cpuCount, memoryLimit } from '@grid/common/machine';
import { parseHostAddress, type Transport } from '@grid/comm';
import { createToken } from '@grid/rpc';

import { DeployError } from '../errors.js';
import { askWorkers } from './ask-workers.js';
import { checkClusterOptions, type LocalClusterOptions } from './cluster-options.js';
import { fitCluster, type ClusterShape } from './cluster-shape.js';
import { memoryOptions, terminateBytes } from './memory-options.js';
import { lifetimeOf } from './worker-lifetime.js';
import { timeLimitsOf } from './time-limits.js';
import type { ClusterNode, NodeLauncher } from './node-launcher.js';
import { preloadsOf } from './preload-options.js';
import { ProcessLauncher } from './process-launcher.js';

const DASHBOARD_ADDRESS = '127.0.0.1:8787';
const UPLOAD_LIMIT = '512 MiB';

/** A worker that the scheduler does not know is on its way out for so long, in milliseconds; else its nanny brings it back. */
const LEAVE_MS = 2000;

/** What a cluster is made of once its scheduler runs. */
interface ClusterParts {
  readonly token: string;
  readonly launcher: NodeLauncher;
  readonly scheduler: ClusterNode;
  readonly shape: ClusterShape;
  readonly logger: Logger;
}

/**
 * A scheduler and workers on this machine, as large as it is.
 *
 * Ends with `await using`, {@link LocalCluster.close}, or this process, however that ends.
 *
 * @example
 * ```ts
 * await using cluster = await LocalCluster.start({ nWorkers: 2, threadsPerWorker: 1 });
 * await using client = await Client.connect(cluster);
 * ```
 *
 * @source dask.distributed `LocalCluster`.
 */
export class LocalCluster implements AsyncDisposable {
  /** The secret that clients of this cluster must have. Given to whoever is handed the cluster object. */
  readonly token: string;
  /** Ways to reach the cluster, where the usual ones do not. */
  readonly transports: readonly Transport[] | null;
  /** Its workers are this program's own processes: what they send may be evaluated by its clients. */
  readonly trustWorkers = true;
  readonly #launcher: NodeLauncher;
  readonly #scheduler: ClusterNode;
  readonly #shape: ClusterShape;
  readonly #logger: Logger;
  readonly #workers = new Map<string, ClusterNode>();
  readonly #logs = new Map<string, readonly string[]>();
  #nextWorker = 0;
  #isClosed = false;
  // Calls to `scale` take effect one after the other.
  #scaling: Promise<void> = Promise.resolve();

  private constructor({ token, launcher, scheduler, shape, logger }: ClusterParts) {
    this.token = token;
    this.transports = launcher.transports;
    this.#launcher = launcher;
    this.#scheduler = scheduler;
    this.#shape = shape;
    this.#logger = logger;
    this.#keepLog(scheduler);
  }

  /**
   * Starts a cluster, and waits until all its workers are there.
   *
   * @throws {@link DeployError} `GRID_DEPLOY_START_FAILED`, with the last output of the process that did not come up.
   */
  static async start(options: LocalClusterOptions = {}): Promise<LocalCluster> {
    refuseWhileLoadingModule('start a cluster');
    checkClusterOptions(options);
    const shape = fitCluster({ cpus: cpuCount(), memory: memoryLimit() }, options);
    const token = options.token ?? createToken();
    const launcher = await createLauncher(options, shape, token);
    const starting = launcher.startScheduler();
    // Workers wait for the scheduler themselves, so that all processes load their code at the same time.
    const names = Array.from({ length: shape.workers }, (_, index) => String(index));
    const nodes = await Promise.allSettled([
      starting,
      ...names.map(async (name) => launcher.startWorker(name, starting)),
    ]);
    const started = nodes.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []));
    const failed = nodes.find((node) => node.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(started.map(async (node) => node.stop()));
      throw failed.reason;
    }
    const [scheduler, ...workers] = started as [ClusterNode, ...ClusterNode[]];
    const cluster = new LocalCluster({ token, launcher, scheduler, shape, logger: options.logger ?? nullLogger });
    cluster.#nextWorker = workers.length;
    for (const worker of workers) cluster.#adopt(worker);
    return cluster;
  }

  /** Where clients connect. */
  get schedulerAddress(): string {
    return this.#scheduler.address;
  }

  /** Where the cluster answers over HTTP: `/health`, `/metrics`; `null` if it does not. */
  get dashboardLink(): string | null {
    return this.#scheduler.http;
  }

  /** The workers that live, by name. */
  get workers(): ReadonlyMap<string, { readonly address: string; readonly pid: number | null }> {
    return this.#workers;
  }

  /** Threads of each worker. */
  get threadsPerWorker(): number {
    return this.#shape.threadsPerWorker;
  }

  /**
   * Makes it `count` workers. Those that are to leave do so in order; results that only they had are computed again. Those
   * that leave anyway, since they are being retired, do not count.
   *
   * @throws {@link DeployError} `GRID_DEPLOY_CLOSED`, `GRID_DEPLOY_BAD_OPTION`, `GRID_DEPLOY_START_FAILED`.
   */
  async scale(count: number): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new DeployError('GRID_DEPLOY_BAD_OPTION', `cannot scale to ${String(count)} workers`, {
        details: { count },
      });
    }
    const before = this.#scaling;
    const scaling = before.then(() => this.#scaleTo(count));
    // A failure belongs to its caller; the next call starts from what is there.
    this.#scaling = scaling.catch(() => {});
    return scaling;
  }

  /** The last lines that the scheduler and each worker logged, also of workers that are gone. */
  getLogs(): Record<string, readonly string[]> {
    return Object.fromEntries(Array.from(this.#logs, ([name, log]) => [name, [...log]] as const));
  }

  /** Ends all workers, then the scheduler. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#scaling;
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.stop()));
    await this.#scheduler.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { threadsPerWorker, memoryLimit: memory } = this.#shape;
    const count = this.#workers.size;
    const state = this.#isClosed
      ? 'closed'
      : `${String(count)} workers, ${String(count * threadsPerWorker)} threads, ${formatBytes(count * memory)}`;
    const http = this.dashboardLink === null ? '' : `, ${this.dashboardLink}`;
    return `<LocalCluster: ${this.schedulerAddress}, ${state}${http}>`;
  }

  async #scaleTo(count: number): Promise<void> {
    if (this.#isClosed) throw new DeployError('GRID_DEPLOY_CLOSED', 'the cluster is closed');
    const staying = await this.#stayingWorkers();
    const leaving = staying.slice(count);
    const missing = Math.max(0, count - staying.length);
    const scheduler = Promise.resolve(this.#scheduler);
    const joining = Array.from({ length: missing }, () => {
      const name = String(this.#nextWorker);
      this.#nextWorker += 1;
      return this.#launcher.startWorker(name, scheduler);
    });
    await Promise.all(leaving.map((worker) => worker.stop()));
    const started = await Promise.allSettled(joining);
    for (const worker of started) if (worker.status === 'fulfilled') this.#adopt(worker.value);
    const failed = started.find((worker) => worker.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Those that are not about to leave by themselves, which only the scheduler knows. */
  async #stayingWorkers(): Promise<ClusterNode[]> {
    const { address } = this.#scheduler;
    const nodes = [...this.#workers.values()];
    if (nodes.length === 0) return nodes;
    try {
      const standings = await askWorkers({ address, token: this.token, transports: this.transports });
      const isLeaving = new Map(standings.map((worker) => [worker.address, worker.isLeaving]));
      const gone = nodes.filter((node) => !isLeaving.has(node.address));
      await endOf(gone);
      return nodes.filter((node) => this.#workers.has(node.name) && isLeaving.get(node.address) !== true);
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, 'the scheduler did not say which workers are about to leave');
      return [...this.#workers.values()];
    }
  }

  #adopt(worker: ClusterNode): void {
    this.#workers.set(worker.name, worker);
    this.#keepLog(worker);
    void worker.exited.then((how) => {
      this.#workers.delete(worker.name);
      if (!this.#isClosed) this.#logger.info({ worker: worker.name, address: worker.address, how }, 'worker ended');
    });
  }

  #keepLog(node: ClusterNode): void {
    this.#logs.set(node.name, node.log);
  }
}

/** Waits for the end of workers, for a moment. */
async function endOf(nodes: readonly ClusterNode[]): Promise<void> {
  if (nodes.length === 0) return;
  using deadline = deadlineSignal(LEAVE_MS, 'to leave');
  const all = Promise.all(nodes.map(({ exited }) => exited));
  // Whoever is there then is taken for one that stays.
  await raceAbort(all, deadline.signal).catch(() => {});
}

/** `host:port`, with brackets around an IPv6 host. */
function parseDashboardAddress(text: string): { readonly host: string; readonly port: number } {
  const { host, port } = parseHostAddress(text, { defaultScheme: 'tcp', defaultPort: 8787 });
  return { host, port };
}

async function createLauncher(options: LocalClusterOptions, shape: ClusterShape, token: string): Promise<NodeLauncher> {
  const {
    host = '127.0.0.1',
    root = process.cwd(),
    logger = nullLogger,
    resources = {},
    executors = {},
    allowPlugins = true,
  } = options;
  const uploadBytesMax = parseBytes(options.uploadLimit ?? UPLOAD_LIMIT);
  const { processes = true, nanny = true } = options;
  const preloads = preloadsOf(options, { root, hasNannies: processes && nanny });
  if (!processes) {
    // Scheduler and worker are a lot of code, which a program with a cluster of processes never needs in its own.
    const { InProcessLauncher } = await import('./in-process-launcher.js');
    return new InProcessLauncher({
      shape,
      resources,
      executors,
      memory: memoryOptions(options),
      token,
      root,
      uploadBytesMax,
      allowPlugins,
      timeLimits: timeLimitsOf(options),
      preloads,
      logger,
    });
  }
  return new ProcessLauncher({
    host,
    schedulerPort: options.schedulerPort ?? 0,
    http:
      options.dashboardAddress === null ? null : parseDashboardAddress(options.dashboardAddress ?? DASHBOARD_ADDRESS),
    token,
    threads: shape.threadsPerWorker,
    memoryLimit: shape.memoryLimit,
    resources,
    executors,
    memory: memoryOptions(options),
    root,
    uploadBytesMax,
    allowPlugins,
    timeLimits: timeLimitsOf(options),
    lifetime: lifetimeOf(options),
    env: options.env ?? {},
    nanny,
    preloads,
    profile: options.profile ?? false,
    memoryBytesMax: terminateBytes(options, shape.memoryLimit),
    logger,
  });
}
