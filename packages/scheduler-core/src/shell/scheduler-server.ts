import {
  ActivityTotals,
  createDeferred,
  invariant,
  LogRing,
  messageOf,
  type Address,
  type Clock,
  type Logger,
} from '@grid/common';
import type { SystemMonitor } from '@grid/common/machine';
import type { Transports } from '@grid/comm';
import { FEATURES, MessageCodec, type MessageWith } from '@grid/protocol';
import {
  ConnectionPool,
  createInstanceId,
  RpcServer,
  type Link,
  type LinkHandlers,
  type LocalIdentity,
} from '@grid/rpc';

import { handleStimulus } from '../core/handle-stimulus.js';
import type { WorkerRecord } from '../core/records.js';
import { DEFAULT_POLICY } from '../core/scheduler-options.js';
import { createSchedulerState, type SchedulerState } from '../core/scheduler-state.js';
import type { Stimulus } from '../core/stimulus.js';
import { validateState } from '../core/validate-state.js';
import { describeExit } from '../core/worker-exit.js';
import { SchedulerError } from '../errors.js';
import { createHttpServer } from '../http/create-http-server.js';
import type { SchedulerOptions } from '../options.js';
import { ClientStream } from './client-stream.js';
import { Comebacks, tellWorkerCount } from './comebacks.js';
import { CLUSTER_TOPICS, ClusterEvents } from './events/cluster-events.js';
import { tellWorkerAdded, tellWorkerRemoved } from './events/membership.js';
import { tellStuck } from './events/tell-stuck.js';
import { tellStealRequested } from './events/worker-events.js';
import { CoordinationDesk } from './coordination/coordination-desk.js';
import { FunctionRegistry } from './function-registry.js';
import { heartbeatIntervalMs } from './heartbeat-interval.js';
import { LinkOutput } from './link-output.js';
import { LogDesk } from './logs/log-desk.js';
import { OutputDesk } from './output/output-desk.js';
import { MemoryManager, policyReporter } from './memory-manager.js';
import { pluginThreadStarter, type StartPluginThread } from '@grid/plugins';
import { givePlugins } from './plugins/give-plugin.js';
import { SchedulerPlugins, tellForPlugin } from './plugins/scheduler-plugins.js';
import { Placements } from './placement/placements.js';
import { Retirements } from './placement/retirements.js';
import { NannyRegistry } from './nannies/nanny-registry.js';
import { NannyStream } from './nannies/nanny-stream.js';
import { blockedRequests } from './requests/blocked-requests.js';
import type { SchedulerContext, WorkerLoss, WorkerPeer } from './scheduler-context.js';
import { TimeLimits } from './time-limits.js';
import { TypeNames } from './type-names.js';
import { giveUpload } from './uploads/give-upload.js';
import { UploadStore } from './uploads/upload-store.js';
import { WorkerWaiters } from './worker-waiters.js';
import type { WorkerOutbox } from './worker-outbox.js';
import { WorkerStream } from './worker-stream.js';

/** What a scheduler works with. */
export interface SchedulerParts {
  readonly transports: Transports;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Looks at how this process is doing. @defaultValue nobody does */
  readonly monitor?: SystemMonitor;
  /** Starts the thread of its plugins. @defaultValue one that starts with the file of `@grid/plugins`, where that is built */
  readonly startPluginThread?: StartPluginThread;
}

const DEFAULT_TTL_MS = 300_000;
const DEFAULT_SETTLE_MS = 5000;
const DEFAULT_GRACE_MS = 60_000;
const DEFAULT_CLIENT_TTL_MS = 600_000;
const DEFAULT_LEASE_TIMEOUT_MS = 30_000;
const DEFAULT_COORDINATION_BYTES = 256 * 2 ** 20;
const DEFAULT_BALANCE_MS = 100;
const DEFAULT_UPLOAD_BYTES_MAX = 512 * 2 ** 20;
/** Milliseconds for the nanny of a silent worker to have another one. */
const RESTART_SILENT_MS = 120_000;
/** How long it may be between two looks for workers that are silent. */
const TTL_CHECK_MS = { min: 100, max: 30_000 };

/**
 * The scheduler: accepts clients and workers, and does what its core decides.
 *
 * It owns the state, the clock and the lines. Messages become stimuli; what the core says goes into outboxes, which leave
 * at the end of the turn.
 */
export class SchedulerServer implements SchedulerContext, AsyncDisposable {
  /** Tells this life of the scheduler from any other. */
  readonly id = createInstanceId('scheduler');
  readonly state: SchedulerState;
  readonly output: LinkOutput;
  readonly functions: FunctionRegistry;
  readonly typeNames = new TypeNames();
  readonly waiters: WorkerWaiters;
  readonly coordination: CoordinationDesk;
  readonly events: ClusterEvents;
  readonly uploads: UploadStore;
  readonly taskOutput: OutputDesk;
  readonly log: LogRing;
  readonly workerLogs = new LogDesk(() => this.workerPeers);
  readonly activities = new ActivityTotals();
  readonly nannies = new NannyRegistry();
  readonly memoryManager: MemoryManager;
  readonly plugins: SchedulerPlugins;
  readonly timeLimits: TimeLimits;
  readonly placements = new Placements(this);
  readonly retirements = new Retirements(this.placements, this);
  readonly blockedRequests: ReadonlySet<string>;
  readonly comebacks: Comebacks;
  readonly monitor: SystemMonitor | null;
  /** To workers, for data. */
  readonly pool: ConnectionPool;
  readonly logger: Logger;
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #options: SchedulerOptions;
  readonly #rpc: RpcServer;
  readonly #workerPeers = new Map<number, WorkerPeer>();
  readonly #addresses: Address[] = [];
  #http: ReturnType<typeof createHttpServer> | null = null;
  #ttlTimer: NodeJS.Timeout | null = null;
  #balanceTimer: NodeJS.Timeout | null = null;
  readonly #closed = createDeferred<string>();
  #closing: Promise<void> | undefined;
  #isBroken = false;

  constructor(options: SchedulerOptions, parts: SchedulerParts) {
    const { transports, clock } = parts;
    this.log = new LogRing(clock);
    const logger = this.log.watch(parts.logger);
    const local: LocalIdentity = { role: 'scheduler', instanceId: this.id, about: {}, features: FEATURES };
    const codec = new MessageCodec();
    this.#options = options;
    this.monitor = parts.monitor ?? null;
    this.blockedRequests = blockedRequests(options.blockedRequests ?? []);
    this.#clock = clock;
    this.logger = logger;
    this.startedAt = clock.now();
    this.state = createSchedulerState({ ...DEFAULT_POLICY, ...options.policy });
    this.taskOutput = new OutputDesk(this.state);
    this.functions = new FunctionRegistry({
      function: (functionId) => {
        for (const outbox of this.output.workers.values()) outbox.freeFunction(functionId);
      },
      unit: (hash) => {
        for (const outbox of this.output.workers.values()) outbox.freeUnit(hash);
      },
    });
    this.output = new LinkOutput(this.functions, {
      onPolicyFailed: policyReporter(logger),
      onStealRequested: (victim, task) => tellStealRequested(this, victim, task),
      onStuckFound: (finding) => tellStuck(this, finding),
    });
    this.memoryManager = new MemoryManager(options.memoryManager ?? {}, (stimulus) => this.stimulate(stimulus));
    this.timeLimits = this.#createTimeLimits();
    this.comebacks = new Comebacks(
      { settleMs: options.settleMs ?? DEFAULT_SETTLE_MS, graceMs: options.orphanGraceMs ?? DEFAULT_GRACE_MS },
      {
        state: this.state,
        onGraceEnd: () => this.stimulate({ op: 'end-grace' }),
        tellCount: (count) => tellWorkerCount(this.workerPeers, count),
      },
    );
    this.waiters = new WorkerWaiters(this.state);
    this.coordination = new CoordinationDesk(
      {
        leaseTimeoutMs: options.leaseTimeoutMs ?? DEFAULT_LEASE_TIMEOUT_MS,
        bytesMax: options.coordinationBytesMax ?? DEFAULT_COORDINATION_BYTES,
      },
      this,
    );
    this.events = new ClusterEvents(
      this.coordination.state.topics,
      () => this.now(),
      (topics, at, action, facts) => this.plugins.onEvent(topics, at, action, facts),
    );
    this.plugins = this.#createPlugins(parts.startPluginThread ?? pluginThreadStarter());
    this.uploads = new UploadStore(options.uploadBytesMax ?? DEFAULT_UPLOAD_BYTES_MAX);
    this.pool = new ConnectionPool({ token: options.token, local }, { transports, logger, codec });
    this.#rpc = new RpcServer(
      { token: options.token, local, roles: ['client', 'worker', 'nanny'] },
      { transports, logger, codec, accept: (link) => this.#accept(link) },
    );
  }

  /** Where peers reach it. */
  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  /** Where it answers over HTTP; `null` if nowhere. */
  get httpUrl(): string | null {
    return this.#http?.url ?? null;
  }

  /** The links of workers that are registered, in the order in which they came. */
  get workerPeers(): Iterable<WorkerPeer> {
    return this.#workerPeers.values();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Listens, and answers over HTTP if that is wanted.
   *
   * @param addresses - At least one; port 0 for any that is free.
   * @returns Where peers reach it, an address for each that was given.
   */
  async start(addresses: readonly Address[]): Promise<readonly Address[]> {
    invariant(this.#addresses.length === 0, 'the scheduler has started already');
    try {
      for (const address of addresses) this.#addresses.push(await this.#rpc.listen(address));
      this.#http = createHttpServer(this, this.#options);
      await this.#http?.start();
    } catch (error) {
      await this.close();
      throw error;
    }
    const ttlMs = this.#options.workerTtlMs ?? DEFAULT_TTL_MS;
    this.#ttlTimer = setInterval(
      () => this.#giveUpSilentWorkers(ttlMs),
      Math.min(Math.max(ttlMs, TTL_CHECK_MS.min), TTL_CHECK_MS.max),
    );
    const balanceMs = this.#options.workStealingMs ?? DEFAULT_BALANCE_MS;
    if (this.#options.workStealingMs !== null)
      this.#balanceTimer = setInterval(() => this.stimulate({ op: 'balance' }), balanceMs);
    if (this.memoryManager.startsByItself) this.memoryManager.start();
    this.timeLimits.start();
    for (const address of this.#addresses) this.logger.info({}, `Scheduler at: ${address}`);
    return this.#addresses;
  }

  /** Gives the core something that happened. */
  stimulate(stimulus: Stimulus): void {
    if (this.#isBroken) return;
    try {
      handleStimulus(this.state, stimulus, this.#clock.now(), this.output);
      this.plugins.afterStimulus();
      if (this.#options.validate === true) validateState(this.state);
    } catch (error) {
      this.#isBroken = true;
      // Half a step cannot be taken back: nobody can rely on this state any more.
      this.logger.error(
        { stimulus: stimulus.op, error: messageOf(error) },
        'the scheduler is broken by a bug and closes',
      );
      void this.close('the scheduler met a bug');
      throw error;
    }
  }

  /** Turns away a worker whose name is taken. One at the same address is the former life of the newcomer, and is over. */
  makeRoomFor({ name, address, nanny }: { name: string; address: string; nanny: string | null }): void {
    for (const stream of [...this.#workerPeers.values()]) {
      const about = stream.record?.about;
      const isFormerLife = about?.address === address || (nanny !== null && stream.about.nanny === nanny);
      if (isFormerLife) {
        stream.leave('another worker came in its place', false);
        stream.link.abort('another worker came in its place');
      } else if (about?.name === name) {
        throw new SchedulerError(
          'GRID_SCHEDULER_NAME_TAKEN',
          `a worker named ${name} is here already; choose another name`,
          {
            details: { name, address: about.address },
          },
        );
      }
    }
  }

  /** Takes a worker into the tables of the shell, while the core takes it into its own. */
  rememberWorker(peer: WorkerPeer, worker: WorkerRecord, outbox: WorkerOutbox): void {
    this.#workerPeers.set(worker.id, peer);
    this.comebacks.membersChanged();
    this.output.workers.set(worker.id, outbox);
    const { name, address, threads } = worker.about;
    this.logger.info({ worker: name, address, threads }, 'worker joined');
    tellWorkerAdded(this.events, worker.about);
    // Before the core gives it a task, which may need them.
    for (const upload of this.uploads.all) void giveUpload(this, peer, upload);
    givePlugins(this, peer);
    this.workerLogs.workerCame(peer);
    // After the core has it: who waits may be answered only then.
    queueMicrotask(() => this.waiters.check());
  }

  /** Takes a worker out of all tables. */
  forgetWorker(worker: WorkerRecord, why: WorkerLoss): void {
    const { name, address } = worker.about;
    this.#workerPeers.delete(worker.id);
    this.comebacks.membersChanged();
    this.output.workers.delete(worker.id);
    this.pool.remove(address as Address, why.reason);
    if (why.isExpected) this.logger.info({ worker: name, address, reason: why.reason }, 'worker left');
    else {
      const facts = { reason: why.reason, processing: worker.processing.length };
      const evidence = why.exit === null ? {} : { cause: why.exit.cause, exit: describeExit(why.exit) };
      this.logger.warn({ worker: name, address, ...facts, ...evidence }, 'worker lost');
    }
    tellWorkerRemoved(this.events, worker, why);
    this.stimulate({ op: 'remove-worker', worker, ...why });
    this.placements.wake();
  }

  /** Whether it met a bug, after which it closes. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Settles when it has closed, for whatever reason, with the reason. Never rejects. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  /** Tells everybody, then closes all lines in order. Idempotent, bounded in time. */
  close(reason = 'the scheduler closes'): Promise<void> {
    this.#closing ??= this.#closeAll(reason).then(() => this.#closed.resolve(reason));
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #closeAll(reason: string): Promise<void> {
    this.events.tell([CLUSTER_TOPICS.all], 'closing', { reason });
    if (this.#ttlTimer !== null) clearInterval(this.#ttlTimer);
    if (this.#balanceTimer !== null) clearInterval(this.#balanceTimer);
    this.memoryManager.stop();
    this.timeLimits.stop();
    this.comebacks.stop();
    for (const outbox of this.output.clients.values()) outbox.close(reason);
    for (const link of this.#rpc.links) {
      // Lines of clients that have not registered are for replies only.
      if (link.isClosed || link.peer.role === 'client') continue;
      link.send(link.peer.role === 'worker' ? { op: 'close-worker', reason } : { op: 'scheduler-closing', reason });
    }
    this.placements.close();
    this.waiters.close();
    this.coordination.close();
    await this.plugins.close();
    await Promise.all([this.#rpc.close(), this.pool.close(), this.#http?.close()]);
  }

  /** Somebody tells something at a topic. */
  onPublished({ name, payload }: MessageWith<'publish-topic'>): void {
    this.plugins.onPublished(name, this.now(), payload);
  }

  #createTimeLimits(): TimeLimits {
    const { noWorkersTimeoutMs = null, idleTimeoutMs = null, clientTtlMs = DEFAULT_CLIENT_TTL_MS } = this.#options;
    return new TimeLimits(
      { noWorkersTimeoutMs, idleTimeoutMs, clientTtlMs },
      {
        state: this.state,
        logger: this.logger,
        now: () => this.now(),
        stimulate: (stimulus) => this.stimulate(stimulus),
        onIdle: (reason) => {
          this.logger.info({ reason }, 'the scheduler closes');
          void this.close(reason);
        },
      },
    );
  }

  #createPlugins(startThread: StartPluginThread): SchedulerPlugins {
    const { logger } = this;
    return new SchedulerPlugins(this.state, {
      logger,
      startThread,
      isAllowed: this.#options.allowPlugins === true,
      describe: () => ({ id: this.id, address: this.#addresses[0] ?? '' }),
      onEvent: (topic, facts) => tellForPlugin(() => this.events.tell([topic], 'plugin', facts), logger),
    });
  }

  #accept(link: Link): LinkHandlers {
    if (this.#closing !== undefined) throw new SchedulerError('GRID_SCHEDULER_CLOSED', 'the scheduler closes');
    switch (link.peer.role) {
      case 'worker':
        return new WorkerStream(link, this);
      case 'nanny':
        return new NannyStream(link, this);
      default:
        return new ClientStream(link, this);
    }
  }

  #giveUpSilentWorkers(ttlMs: number): void {
    const limitMs = Math.max(ttlMs, 10 * heartbeatIntervalMs(this.state.workers.length));
    const now = this.now();
    for (const stream of [...this.#workerPeers.values()]) {
      const { record } = stream;
      if (record === null || now - record.lastSeenAt <= limitMs) continue;
      const reason = `nothing was heard of it for ${String(Math.round(now - record.lastSeenAt))} ms`;
      const { address } = record.about;
      this.events.tell([CLUSTER_TOPICS.all, address], 'worker-ttl-timed-out', { worker: address, reason });
      stream.outbox?.close(reason);
      stream.leave(reason, false);
      stream.link.abort(reason);
      this.#restartSilent(stream, reason);
    }
  }

  /** A process that says nothing may hang; its nanny gets rid of it. */
  #restartSilent({ about }: WorkerPeer, reason: string): void {
    const nanny = this.nannies.of(about);
    nanny?.restart(reason, RESTART_SILENT_MS).catch((error: unknown) => {
      this.logger.warn({ worker: nanny.name, error: messageOf(error) }, 'a silent worker was not started anew');
    });
  }
}
