import { asAddress, createDeferred, messageOf, systemClock, type Address, type Clock } from '@grid/common';
import type { HttpServer } from '@grid/http';
import { MessageCodec, type Message, type MessageWith } from '@grid/protocol';
import { ConnectionPool, createInstanceId, isMessage, RpcServer, type LocalIdentity } from '@grid/rpc';

import { WorkerError } from '../errors.js';
import type { Executor } from '../executor/executor.js';
import { threadExecutor } from '../executor/thread-executor.js';
import { collectGarbage } from '../memory/collect-garbage.js';
import { MemoryMonitor } from '../memory/memory-monitor.js';
import { coreOptions, memoryFractions, profilingOf, type WorkerOptions } from '../options.js';
import { createStore } from '../store/create-store.js';
import type { DataStore } from '../store/data-store.js';
import { removeStaleDirectories } from '../store/spill/local-directory.js';
import { createWorkerPlugins } from '../plugins/create-worker-plugins.js';
import { takePlugin } from '../plugins/take-plugin.js';
import type { WorkerPlugins } from '../plugins/worker-plugins.js';
import { createWorkerUploads } from '../uploads/create-worker-uploads.js';
import type { WorkerUploads } from '../uploads/worker-uploads.js';
import { ActorDesk } from './actor-desk.js';
import type { WorkerCloseReason } from './close-reason.js';
import { CoreRunner } from './core-runner.js';
import { DataServer } from './data-server.js';
import { inventoryMessage } from './inventory-message.js';
import { identityOf, localIdentityOf, registrationOf, type WorkerAbout } from './describe-worker.js';
import { answerInspection, type InspectedWorker } from './inspection/answer-inspection.js';
import { listenToStore } from './listen-to-store.js';
import { listenAtFirst } from './listen-at-first.js';
import { peerHandlers } from './peer-handlers.js';
import { retirePatiently } from './retire-patiently.js';
import { runFunction } from './run-function.js';
import { SchedulerMessages } from './scheduler-messages.js';
import { SchedulerLines } from './scheduler-lines.js';
import { SchedulerBond } from './scheduler-bond.js';
import { SchedulerOutbox } from './scheduler-outbox.js';
import { StepGate } from './step-gate.js';
import { TransferLog } from './transfer-log.js';
import { startProfiling } from './start-profiling.js';
import { WorkerActivities } from './worker-activities.js';
import { WorkerEvents } from './worker-events.js';
import { WorkerLogs } from './worker-logs.js';
import { WorkerMetrics } from './worker-metrics.js';
import type { WorkerParts } from './worker-parts.js';

/** How often the scheduler is asked who has what nobody seems to have, and tasks are looked for that wait for nothing. */
const LOOK_AROUND_MS = 1000;

/** How often the memory of the process is looked at, in milliseconds. */
const MEMORY_INTERVAL_MS = 100;
/** Milliseconds for the content of one upload. */
const FETCH_UPLOAD_MS = 200_000;

type Phase = 'created' | 'starting' | 'running' | 'closing' | 'closed';

/** Milliseconds to look for another scheduler when the one that it had is gone. */
const RECONNECT_TIMEOUT_MS = 60_000;

/**
 * A worker: joins a scheduler, runs what it is told to in threads, keeps results and hands them to whoever needs them.
 *
 * When the scheduler is gone it looks for the next one at the same address, and brings what it has. If there is none in time,
 * or if the scheduler is still there and has given it up, it closes.
 */
export class WorkerServer implements AsyncDisposable {
  /** Tells this incarnation from any other. */
  readonly instanceId = createInstanceId('worker');
  /** Settles when the worker has closed, for whatever reason. Never rejects. */
  readonly closed: Promise<WorkerCloseReason>;
  readonly #options: WorkerOptions;
  readonly #parts: WorkerParts;
  readonly #clock: Clock;
  readonly #store: DataStore;
  readonly #executor: Executor;
  readonly #outbox: SchedulerOutbox;
  readonly #lines: SchedulerLines;
  readonly #actors: ActorDesk;
  readonly #pool: ConnectionPool;
  readonly #server: RpcServer;
  readonly #scheduler: SchedulerBond;
  readonly #data: DataServer;
  readonly #runner: CoreRunner;
  readonly #memory: MemoryMonitor;
  readonly #metrics = new WorkerMetrics();
  readonly #activities = new WorkerActivities();
  readonly #transfers = new TransferLog();
  readonly #events = new WorkerEvents();
  readonly #logs: WorkerLogs;
  readonly #uploads: WorkerUploads;
  readonly #plugins: WorkerPlugins;
  /** What the scheduler says, in order: tasks that it sends after an upload find that. */
  readonly #gate = new StepGate((error) => this.#scheduler.abort(error));
  readonly #messages: SchedulerMessages;
  #http: HttpServer | undefined;
  #httpUrl: string | null = null;
  #missingTimer: NodeJS.Timeout | undefined;
  #phase: Phase = 'created';
  readonly #joined = createDeferred<void>();
  #address = asAddress('');
  #workerId = -1;
  /** Ends what has no end of its own when this worker closes. */
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;
  #onClosed: (reason: WorkerCloseReason) => void = () => {};

  constructor(options: WorkerOptions, given: WorkerParts) {
    this.#options = options;
    this.#clock = given.clock ?? systemClock;
    this.#logs = new WorkerLogs(this.#clock);
    const parts = { ...given, logger: this.#logs.ring.watch(given.logger) };
    this.#parts = parts;
    this.#store = parts.store ?? createStore(options);
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    const { transports, logger } = parts;
    const { token, root = process.cwd(), threads, executors = {} } = options;
    const codec = new MessageCodec();
    const local = localIdentityOf(this.instanceId, options);
    const place = { threads, root, executors };
    this.#executor = (parts.createExecutor ?? threadExecutor(parts.threadEntry, options))(place);
    this.#outbox = new SchedulerOutbox(this.#store);
    this.#lines = new SchedulerLines((owner, message) => this.#executor.answerLine(owner, message));
    this.#actors = new ActorDesk(this.#executor.actors);
    this.#pool = new ConnectionPool({ token, local }, { transports, logger, codec });
    this.#server = new RpcServer(
      { token, local },
      {
        transports,
        logger,
        codec,
        accept: (link) => peerHandlers(link, { actors: this.#actors, data: this.#data, logger }),
      },
    );
    this.#data = new DataServer({
      store: this.#store,
      joined: this.#joined.promise,
      transfersMax: () => (this.#memory.isPaused ? 1 : (options.outgoingTransfersMax ?? 10)),
      countTransfers: () => this.#countTransfers(),
      onGiven: (peer, count, bytes) => {
        this.#activities.took('get-data', 'network', null, bytes);
        this.#transfers.wentOut({ at: this.#clock.now(), peer, count, bytes, ms: null });
      },
      onPut: (put) => this.#runner.give({ type: 'update-data', ...put }),
    });
    this.#memory = this.#createMemoryMonitor();
    this.#runner = this.#createRunner();
    this.#uploads = this.#createUploads(root);
    const { plugins } = this.#executor;
    this.#plugins = createWorkerPlugins(this, options, { ...parts, plugins, story: this.#runner.state.story, root });
    this.#messages = new SchedulerMessages({
      gate: this.#gate,
      runner: this.#runner,
      executor: this.#executor,
      lines: this.#lines,
      logs: this.#logs,
      uploads: this.#uploads,
      pool: this.#pool,
      logger,
      onClose: (reason) => void this.#close({ code: null, message: reason }),
    });
    this.#scheduler = this.#createSchedulerBond(local, codec);
    // Nobody may wait for it.
    this.#joined.promise.catch(() => {});
    listenToStore(this.#store, { runner: this.#runner, events: this.#events, logger });
  }

  /** Where peers reach this worker; empty before {@link WorkerServer.start}. */
  get address(): Address {
    return this.#address;
  }

  /** Where it answers over HTTP; `null` if it does not. */
  get httpUrl(): string | null {
    return this.#httpUrl;
  }

  /** This worker's number in the cluster; -1 before it has joined one. */
  get workerId(): number {
    return this.#workerId;
  }

  get name(): string {
    return this.#options.name ?? this.#address;
  }

  /**
   * Listens, starts its threads and joins the scheduler. What fails closes everything again.
   *
   * @throws {@link WorkerError} `GRID_WORKER_NO_SCHEDULER`, `GRID_WORKER_THREAD_FAILED`; errors of `@grid/comm`,
   * `@grid/rpc` and `@grid/http` if it cannot listen.
   */
  async start(): Promise<void> {
    if (this.#phase !== 'created') throw new WorkerError('GRID_WORKER_CLOSED', 'a worker is started once');
    this.#phase = 'starting';
    try {
      await this.#join();
    } catch (error) {
      await this.#close({ code: 'GRID_WORKER_NO_SCHEDULER', message: messageOf(error) });
      throw error;
    }
  }

  /** Leaves the cluster in order, and ends everything that runs. Idempotent, bounded in time. */
  close(reason = 'it was asked to'): Promise<void> {
    return this.#close({ code: null, message: reason });
  }

  /**
   * Has the scheduler retire this worker: what runs here ends, what has not begun goes elsewhere, results are moved. Then
   * closes; also if that was not done in `timeoutMs`, or nobody could take the results. Idempotent.
   *
   * @param isPatient - Whether to wait for somebody who takes the results, within the time.
   *
   * @source dask.distributed `Worker.close_gracefully`.
   */
  async closeGracefully(reason: string, timeoutMs: number, isPatient = false): Promise<void> {
    const retire = (ms: number): Promise<boolean> => this.#scheduler.retire(ms);
    if (this.#phase === 'running')
      await (isPatient ? retirePatiently(retire, { timeoutMs, signal: this.#ending.signal }) : retire(timeoutMs));
    await this.close(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #join(): Promise<void> {
    const {
      listenAddress = asAddress('tcp://127.0.0.1:0'),
      contactAddress,
      http = null,
      schedulerAddress,
    } = this.#options;
    const { logger } = this.#parts;
    // One that was killed is often followed by this one, which may never need the disk itself.
    if (this.#parts.store === undefined) void removeStaleDirectories(this.#options.localDirectory);
    const places = typeof listenAddress === 'string' ? [listenAddress] : listenAddress;
    const listening = await listenAtFirst(places, (address) => this.#server.listen(address));
    this.#address = contactAddress ?? listening;
    this.#runner.setRequester(this.#address);
    if (http !== null) await this.#startHttp(http);
    await this.#executor.start(this.#runner.executorEvents(), {
      workerAddress: this.#address,
      workerName: this.name,
      schedulerAddress,
      token: this.#options.token,
      transports: this.#parts.transports,
    });
    await startProfiling(this.#executor.profiler, this.#options, logger);
    const { workerId, schedulerId } = await this.#scheduler.open();
    if (this.#phase !== 'starting')
      throw new WorkerError('GRID_WORKER_CLOSED', 'the worker was closed while it joined the cluster');
    this.#takeNumber(workerId);
    this.#phase = 'running';
    this.#joined.resolve();
    this.#memory.start();
    this.#missingTimer = setInterval(() => this.#runner.lookAround(), LOOK_AROUND_MS);
    logger.info(
      { scheduler: schedulerAddress, schedulerId, workerId, address: this.#address },
      `Registered to: ${schedulerAddress}`,
    );
  }

  async #startHttp(http: NonNullable<WorkerOptions['http']>): Promise<void> {
    // Loaded only where it is wanted: a worker is to start fast.
    const { createWorkerHttp } = await import('../http/worker-http.js');
    this.#http = createWorkerHttp(http, {
      state: this.#runner.state,
      store: this.#store,
      logger: this.#parts.logger,
      token: this.#options.token,
      identity: () => identityOf(this.#about, this.#options),
      countTransfers: () => this.#countTransfers(),
      memory: () => this.#memory.breakdown(),
      transfers: () => this.#transfers.all,
      systemSamples: () => this.#parts.monitor?.samples() ?? [],
      isRunning: () => this.#phase === 'running',
    });
    this.#httpUrl = await this.#http.start();
  }

  #createRunner(): CoreRunner {
    const { gatherTimeoutMs = 300_000, validate = false } = this.#options;
    return new CoreRunner(
      { core: coreOptions(this.#options), gatherTimeoutMs, validate },
      {
        store: this.#store,
        executor: this.#executor,
        outbox: this.#outbox,
        lines: this.#lines,
        actors: this.#actors,
        activities: this.#activities,
        events: this.#events,
        transfers: this.#transfers,
        pool: this.#pool,
        clock: this.#clock,
        logger: this.#parts.logger,
        observer: this.#parts.observer,
        onStep: () => this.#plugins.afterStep(),
        onBroken: ({ code, message }) => void this.#close({ code, message }),
        onBug: (error) => void this.#close({ code: 'GRID_WORKER_BUG', message: messageOf(error) }),
      },
    );
  }

  #createMemoryMonitor(): MemoryMonitor {
    const { memoryLimit } = this.#options;
    return new MemoryMonitor(
      { memoryLimit, fractions: memoryFractions(this.#options), intervalMs: MEMORY_INTERVAL_MS },
      {
        store: this.#store,
        logger: this.#parts.logger,
        threadMemory: () => this.#executor.memoryUsage(),
        collect: () => {
          this.#executor.collectGarbage();
          collectGarbage();
        },
        onPause: (isPaused) => {
          this.#runner.give({ type: isPaused ? 'pause' : 'unpause' });
          this.#outbox.statusChanged(isPaused ? 'paused' : 'running');
          this.#events.tell(isPaused ? 'paused' : 'resumed', { memory: { ...this.#memory.breakdown() } });
        },
      },
    );
  }

  #createSchedulerBond(local: LocalIdentity, codec: MessageCodec): SchedulerBond {
    const { schedulerAddress, token, connectTimeoutMs = 60_000 } = this.#options;
    const { reconnectTimeoutMs = RECONNECT_TIMEOUT_MS } = this.#options;
    const { transports, logger } = this.#parts;
    return new SchedulerBond(
      { schedulerAddress, token, local, connectTimeoutMs, reconnectTimeoutMs },
      {
        registration: () => registrationOf(this.#about, this.#options, this.#runner.state.resources.supply),
        onAway: () => {
          this.#activities.forget();
          return this.#messages.loseScheduler();
        },
        inventory: ({ id, workerCount }) => {
          this.#messages.giveUpPlans();
          const types = this.#outbox.typeNames;
          return inventoryMessage(this.#runner.state, { formerScheduler: id, workerCount, types });
        },
        onBack: (registered) => this.#onBack(registered),
        transports,
        codec,
        logger,
        clock: this.#clock,
        onOpen: (link) => {
          const tellers = [this.#outbox, this.#lines, this.#events, this.#logs, this.#activities];
          for (const teller of tellers) teller.open(link);
        },
        onMessage: (message) => this.#messages.take(message),
        onRequest: (message) => this.#onSchedulerRequest(message),
        onClockOffset: (offsetMs) => {
          this.#outbox.clockOffsetMs = offsetMs;
        },
        metrics: () => {
          this.#activities.tell();
          const memory = this.#memory.breakdown();
          const metrics = this.#metrics.collect(this.#runner.state, this.#store, this.#countTransfers(), memory);
          return { ...metrics, bandwidth: this.#transfers.bandwidth, system: { ...this.#parts.monitor?.latest } };
        },
        onLost: (reason) => this.#onSchedulerLost(reason),
      },
    );
  }

  #createUploads(root: string): WorkerUploads {
    const { localDirectory, schedulerAddress } = this.#options;
    const limits = { timeoutMs: FETCH_UPLOAD_MS, signal: this.#ending.signal };
    return createWorkerUploads(
      { root, localDirectory },
      {
        logger: this.#parts.logger,
        fetch: async (hash) => (await this.#pool.request(schedulerAddress, { op: 'get-upload', hash }, limits)).files,
        onChange: (table) => this.#executor.setUploads(table),
      },
    );
  }

  async #onSchedulerRequest(message: Message): Promise<Message> {
    if (isMessage(message, 'relay-actor-call')) return this.#actors.relay(message);
    if (isMessage(message, 'take-upload')) {
      await this.#gate.hold(() => this.#uploads.take(message));
      return { op: 'take-upload-reply' };
    }
    if (isMessage(message, 'run-function')) {
      await this.#gate.pass();
      return runFunction(this.#executor, message, { worker: this.#address, signal: this.#ending.signal });
    }
    if (isMessage(message, 'add-plugin') || isMessage(message, 'drop-plugin'))
      return takePlugin(this.#plugins, this.#gate, message);
    return (await answerInspection(this.#inspected, message)) ?? this.#data.answer(message);
  }

  get #inspected(): InspectedWorker {
    const { root = process.cwd() } = this.#options;
    const profiling = profilingOf(this.#options);
    const { state } = this.#runner;
    const { ring: log } = this.#logs;
    const address = this.#address;
    return { state, address, executor: this.#executor, activities: this.#activities, root, log, profiling };
  }

  #countTransfers(): number {
    return Array.from(this.#server.links).filter(({ isSending }) => isSending).length;
  }

  get #about(): WorkerAbout {
    return { instanceId: this.instanceId, name: this.name, address: this.#address };
  }

  #takeNumber(workerId: number): void {
    this.#workerId = workerId;
    this.#runner.state.selfId = workerId;
  }

  #onBack({ workerId, schedulerId }: MessageWith<'worker-registered'>): void {
    this.#takeNumber(workerId);
    if (this.#memory.isPaused) this.#outbox.statusChanged('paused');
    const { schedulerAddress } = this.#options;
    this.#parts.logger.info({ schedulerId, workerId }, `Registered again to: ${schedulerAddress}`);
  }

  #onSchedulerLost(reason: string): void {
    if (this.#phase === 'starting') return;
    const message = `lost the scheduler at ${this.#options.schedulerAddress}: ${reason}`;
    this.#parts.logger.warn({ reason }, 'lost the scheduler; this worker closes');
    void this.#close({ code: 'GRID_WORKER_LOST_SCHEDULER', message });
  }

  #close(reason: WorkerCloseReason): Promise<void> {
    this.#closing ??= this.#closeAll(reason);
    return this.#closing;
  }

  /** In the opposite order of joining. Each step is bounded in time by itself. */
  async #closeAll(reason: WorkerCloseReason): Promise<void> {
    this.#phase = 'closing';
    clearInterval(this.#missingTimer);
    this.#memory.stop();
    this.#runner.end();
    const closed = new WorkerError('GRID_WORKER_CLOSED', `the worker closed: ${reason.message}`);
    this.#ending.abort(closed);
    this.#joined.reject(closed);
    this.#activities.tell();
    this.#events.tell('closing-worker', { reason: reason.message, code: reason.code });
    this.#logs.flush();
    await this.#scheduler.close(reason.message);
    await this.#plugins.close();
    await Promise.all([
      this.#executor.close(),
      this.#pool.close(),
      this.#server.close(),
      this.#http?.close(),
      this.#gate.close(),
    ]);
    await this.#uploads.close();
    await this.#store.close();
    this.#phase = 'closed';
    this.#onClosed(reason);
  }
}
