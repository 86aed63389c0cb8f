import { Client } from '@grid/client';
import { Transports, TRUSTED_LIMITS } from '@grid/comm';
import { asAddress, asBytes, systemClock, type Logger } from '@grid/common';
import type { SchedulerServer } from '@grid/scheduler-core';
import { type SchedulerOptions } from '@grid/scheduler-core';
import {
  MemoryStore,
  SpillStore,
  ThreadPoolExecutor,
  WorkerServer,
  type DataStore,
  type WorkerOptions,
} from '@grid/worker-core';
import type { CoreObserver, WorkerState } from '@grid/worker-core/simulation';

import type { Random } from '../host/random.js';
import { DISK_ROOT, SimDisk } from '../host/sim-disk.js';
import type { SimLoop } from '../host/sim-loop.js';
import { SimProcess } from '../host/sim-process.js';
import { SimNetwork } from '../network/sim-network.js';
import { SimTransport } from '../network/sim-transport.js';
import type { WorkloadModel } from '../workload/workload-model.js';
import type { WorkerPlan, WorldSettings } from '../plan/world-plan.js';
import { ObservedScheduler, type SchedulerObserver } from './observed-scheduler.js';
import { SimThread } from './sim-thread.js';
import { noticing, worldLogger } from './world-logger.js';

/** A scheduler in its process. */
export interface SimScheduler {
  readonly process: SimProcess;
  readonly server: SchedulerServer;
}

/** A worker in its process. */
export interface SimWorker {
  readonly plan: WorkerPlan;
  readonly process: SimProcess;
  readonly server: WorkerServer;
  readonly store: DataStore;
  /** Where it keeps what does not fit into memory; `null`: nowhere. */
  readonly disk: SimDisk | null;
  /** Its core's state, once something has happened to it. */
  state: WorkerState | null;
  /** Whether the worker has ended by itself, or was never let in. */
  isOver: boolean;
}

/** What is told of the cores of a cluster. */
export interface ClusterObserver {
  readonly scheduler: SchedulerObserver;
  /** Of one worker. */
  worker(worker: SimWorker): CoreObserver;
}

export interface SimClusterParts {
  readonly loop: SimLoop;
  readonly random: Random;
  readonly model: WorkloadModel;
  readonly settings: WorldSettings;
  readonly observer: ClusterObserver;
  /** A thread of a worker has ended, whatever was in it. */
  onThreadEnd(): void;
}

/** Bytes that each worker may take: far more than results of a world do. */
export const SIM_MEMORY_LIMIT = 4_000_000_000;

const SCHEDULER_ADDRESS = asAddress('tcp://127.0.0.1:8786');
/** The cluster's token. In a world nobody else is there to learn it. */
const TOKEN = 'simulated-cluster-simulated-cluster-simulated';

/** Real schedulers, workers and clients, each in a simulated process, on a simulated network. */
export class SimCluster {
  readonly network: SimNetwork;
  readonly workers: SimWorker[] = [];
  /** By their folders. */
  readonly disks = new Map<string, SimDisk>();
  readonly #parts: SimClusterParts;
  readonly #logger: Logger;
  #scheduler: SimScheduler | undefined;
  #processCount = 0;
  #isStarted = false;

  constructor(parts: SimClusterParts) {
    this.#parts = parts;
    this.#logger = worldLogger(parts.loop);
    const { settings } = parts;
    this.network = new SimNetwork(parts.loop, {
      random: parts.random.fork('network'),
      profileOf: (_dialer, _listener, random) => ({
        latencyMs: random.between(0.3, 1.7) * settings.latencyMs,
        jitterMs: settings.jitterMs,
        bytesPerMs: settings.bytesPerMs,
        windowBytes: settings.windowBytes,
        unreadBytesMax: TRUSTED_LIMITS.queuedBytesMax,
      }),
    });
  }

  get scheduler(): SimScheduler {
    return this.#scheduler as SimScheduler;
  }

  /** Whether a scheduler is there: not so for as long as one that was killed has not been started again. */
  get hasScheduler(): boolean {
    return this.#isStarted && !this.scheduler.process.isDead;
  }

  /** Workers whose process runs and that have not ended. */
  get livingWorkers(): readonly SimWorker[] {
    return this.workers.filter(({ process, isOver }) => !process.isDead && !isOver);
  }

  /** A new process. */
  spawn(name: string): SimProcess {
    const { random, settings } = this.#parts;
    this.#processCount += 1;
    const own = random.fork(`${name}#${String(this.#processCount)}`);
    return new SimProcess(name, { random: own, clockOffsetMs: own.between(0, settings.clockSkewMs) });
  }

  /** Starts the scheduler. */
  startScheduler(): SimScheduler {
    const process = this.spawn('scheduler');
    const { settings, loop, observer } = this.#parts;
    const scheduler = { process } as { process: SimProcess; server: SchedulerServer };
    this.#isStarted = false;
    loop.after(process, 0, 'start', () => {
      const parts = { transports: this.#transportsOf(process), logger: this.#logger, clock: systemClock };
      const options = { token: TOKEN, ...schedulerOptions(settings) };
      scheduler.server = new ObservedScheduler(options, parts, observer.scheduler);
      this.#isStarted = true;
      scheduler.server.start([SCHEDULER_ADDRESS]).catch((error: unknown) => loop.fail(error));
    });
    this.#scheduler = scheduler;
    return scheduler;
  }

  /** Starts a worker at this moment. */
  startWorker(plan: WorkerPlan, at: number): void {
    const process = this.spawn(plan.name);
    const { loop } = this.#parts;
    loop.after(process, at - loop.now, 'start', () => this.workers.push(this.#createWorker(plan, process)));
  }

  /** Connects a client. To be called from within its process. `onBack`: it has found a scheduler again. */
  connectClient(name: string, process: SimProcess, onBack: () => void): Promise<Client> {
    return Client.connect(SCHEDULER_ADDRESS, {
      token: TOKEN,
      name,
      logger: noticing(this.#logger, 'connected to the scheduler again', onBack),
      transports: [new SimTransport(this.network, process)],
      timeout: this.#parts.settings.connectTimeoutMs,
    });
  }

  /** Ends a process at once, as SIGKILL does. */
  kill(process: SimProcess, isHostGone = false): void {
    process.isDead = true;
    this.network.lose(process, isHostGone);
  }

  #transportsOf(process: SimProcess): Transports {
    return new Transports([new SimTransport(this.network, process)]);
  }

  #createWorker(plan: WorkerPlan, process: SimProcess): SimWorker {
    const { observer } = this.#parts;
    const disk = this.#createDisk(process);
    const store = disk === null ? new MemoryStore() : this.#createSpillStore(disk);
    process.managedBytes = () => store.nbytes - store.spilledBytes;
    // The observer belongs to the worker, and the server is made with it.
    const worker = { plan, process, store, disk, state: null, isOver: false } as Omit<SimWorker, 'server'> as SimWorker;
    const server = new WorkerServer(this.#optionsOf(plan), {
      transports: this.#transportsOf(process),
      logger: this.#logger,
      store,
      createExecutor: (place) => new ThreadPoolExecutor(place, { startThread: this.#threadStarter(process) }),
      observer: observer.worker(worker),
    });
    Object.assign(worker, { server });
    server.start().catch(() => undefined);
    void server.closed.then(() => {
      worker.isOver = true;
    });
    return worker;
  }

  #createDisk(process: SimProcess): SimDisk | null {
    const { settings, loop } = this.#parts;
    if (settings.spillBytes === null) return null;
    const disk = new SimDisk(`${DISK_ROOT}/${String(this.disks.size)}`, { loop, process });
    this.disks.set(disk.folder, disk);
    return disk;
  }

  #createSpillStore({ folder }: SimDisk): SpillStore {
    const { spillBytes } = this.#parts.settings;
    return new SpillStore({
      targetBytes: spillBytes === null ? null : asBytes(spillBytes),
      maxSpill: null,
      createFolder: () => Promise.resolve(folder),
    });
  }

  #optionsOf({ name, threads, resources, address }: WorkerPlan): WorkerOptions {
    const { connectTimeoutMs, gatherTimeoutMs, outgoingTransfersMax, core } = this.#parts.settings.worker;
    return {
      schedulerAddress: SCHEDULER_ADDRESS,
      listenAddress: asAddress(address),
      name,
      threads,
      resources,
      memoryLimit: asBytes(SIM_MEMORY_LIMIT),
      token: TOKEN,
      connectTimeoutMs,
      gatherTimeoutMs,
      outgoingTransfersMax,
      core: { storyRows: 512, ...core },
    };
  }

  #threadStarter(process: SimProcess): ConstructorParameters<typeof ThreadPoolExecutor>[1]['startThread'] {
    const { loop, model, onThreadEnd } = this.#parts;
    let count = 0;
    return (setup, events) => {
      count += 1;
      return new SimThread(setup, events, {
        loop,
        process,
        model,
        onEnd: onThreadEnd,
        random: process.random.fork(`thread ${String(count)}`),
      });
    };
  }
}

function schedulerOptions({ scheduler }: WorldSettings): Omit<SchedulerOptions, 'token'> {
  const { policy, ...rest } = scheduler;
  return { ...rest, policy: { storyLength: 4096, ...policy } };
}
