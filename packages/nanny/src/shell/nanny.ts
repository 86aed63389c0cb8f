import {
  createDeferred,
  deadlineSignal,
  LogRing,
  raceAbort,
  systemClock,
  type Clock,
  type Deferred,
  type Logger,
} from '@grid/common';
import type { Transports } from '@grid/comm';
import {
  pluginFailure,
  pluginThreadStarter,
  type PluginFailure,
  type PluginPart,
  type StartPluginThread,
} from '@grid/plugins';

import { handleStimulus } from '../core/handle-stimulus.js';
import type { NannyEffects } from '../core/effects.js';
import { NANNY_LIMITS } from '../core/nanny-limits.js';
import { createNannyState, type EndReason, type NannyState } from '../core/nanny-state.js';
import type { NannyStimulus } from '../core/stimulus.js';
import type { ProcessExit, WorkerExit } from '../core/worker-exit.js';
import { NannyError } from '../errors.js';
import type { NannyOptions } from '../options.js';
import type { FromProcess, WorkerFacts } from '../process-messages.js';
import { NannyPlugins, restartProblem } from '../plugins/nanny-plugins.js';
import { exitReport, startFailure } from './last-words.js';
import { LogTail } from './log-tail.js';
import { residentBytes } from './resident-bytes.js';
import { SchedulerLine } from './scheduler-line.js';
import { WorkerProcess, type ProcessEvents } from './worker-process.js';

/** What a nanny works with. */
export interface NannyParts {
  readonly logger: Logger;
  /** Ways to reach the scheduler; needed if there is one. */
  readonly transports?: Transports;
  /** What each life of the worker is told to be, asked for as the process starts. If it fails the process ends. */
  launch(): Promise<unknown>;
  /** A worker has joined the cluster: the first, or the next. */
  readonly onWorker?: (worker: RunningWorker) => void;
  readonly onOutput?: ProcessEvents['onOutput'];
  /** @defaultValue the host's */
  readonly clock?: Clock;
  /** Starts the thread of its plugins. @defaultValue one that starts with the file of `@grid/plugins`, where that is built */
  readonly startPluginThread?: StartPluginThread;
}

/** A worker that is part of the cluster. */
export interface RunningWorker extends WorkerFacts {
  /** The operating system's number of its process. */
  readonly pid: number;
}

/** How a nanny ended. */
export interface NannyEnd {
  /** What a process exits with that is nothing but this nanny: 0 if all was in order. */
  readonly code: number;
  /** How the worker's last process ended. */
  readonly exit: ProcessExit;
}

const LOG_LINES_MAX = 10_000;

/** How often the memory of a process is looked at that has a limit, and of one that has none; in milliseconds. */
const MEMORY_INTERVAL_MS = 100;
const MEMORY_INTERVAL_UNLIMITED_MS = 1000;

/** Milliseconds to look for the scheduler. */
const CONNECT_TIMEOUT_MS = 60_000;

/** Milliseconds that a worker waits for what the scheduler has of plugins, before it starts without them. */
const PLUGINS_WAIT_MS = 2000;

/**
 * The parent of a worker's process: starts it, starts it anew when it dies, kills it when it takes too much memory, and
 * ends it. It lives in any process that may have children, with as many others as there are.
 *
 * The worker ends when this process does, however that happens: the channel between them closes then.
 *
 * @source dask.distributed `Nanny`.
 */
export class Nanny implements AsyncDisposable {
  /** Settles when the nanny is done, and its worker gone. Never rejects. */
  readonly closed: Promise<NannyEnd>;
  readonly #options: NannyOptions;
  readonly #parts: NannyParts;
  readonly #clock: Clock;
  readonly #state: NannyState;
  /** What it logs itself, and what its workers print; {@link LogTail} has the latter alone, which is evidence of their ends. */
  readonly #ring: LogRing;
  readonly #log: LogTail;
  readonly #effects: NannyEffects;
  readonly #started: Deferred<RunningWorker> = createDeferred();
  readonly #closed: Deferred<NannyEnd> = createDeferred();
  #restarts: Deferred<RunningWorker>[] = [];
  readonly #plugins: NannyPlugins;
  /** Settles when the plugins are set up that the scheduler had when it got to know this nanny. */
  readonly #arePluginsThere: Deferred<void> = createDeferred();
  readonly #line: SchedulerLine | null;
  #hasLaunched = false;
  #process: WorkerProcess | null = null;
  #worker: RunningWorker | null = null;
  #lastExit: ProcessExit = { code: null, signal: null };
  #lastPid = 0;
  /** Why the last process could not be told what to be. */
  #launchError: unknown;
  /** Why there was no process at all. */
  #spawnError: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #memoryTimer: NodeJS.Timeout | undefined;

  constructor(options: NannyOptions, given: NannyParts) {
    this.#options = options;
    this.#clock = given.clock ?? systemClock;
    this.#ring = new LogRing(this.#clock);
    const parts = { ...given, logger: this.#ring.watch(given.logger) };
    this.#parts = parts;
    this.#state = createNannyState({ ...NANNY_LIMITS, ...options.limits });
    this.#log = new LogTail(options.logLinesMax ?? LOG_LINES_MAX, (stream, line) => this.#ring.add(stream, line));
    this.closed = this.#closed.promise;
    const { logger, startPluginThread = pluginThreadStarter() } = parts;
    this.#plugins = new NannyPlugins(options.name, {
      logger,
      startThread: startPluginThread,
      root: options.root ?? process.cwd(),
    });
    this.#line = this.#createLine();
    if (this.#line === null) this.#arePluginsThere.resolve();
    this.#effects = this.#createEffects();
    // Whoever does not start it does not wait for that either.
    this.#started.promise.catch(() => {});
  }

  /** The worker that is part of the cluster; while there is none, the last one. */
  get worker(): RunningWorker | null {
    return this.#worker;
  }

  /** The last lines that the worker printed, in all its lives. The same array all the time. */
  get log(): readonly string[] {
    return this.#log.lines;
  }

  /**
   * Starts the worker, and waits until it has joined the cluster.
   *
   * @throws {@link NannyError} `GRID_NANNY_START_FAILED`, with the last output of the process; what `launch` failed with.
   */
  async start(): Promise<RunningWorker> {
    this.#give({ type: 'start', at: this.#clock.now() });
    // Whoever tells the worker where the scheduler is hears of it if there is none.
    this.#options.scheduler?.address.then((address) => this.#line?.open(address)).catch(() => {});
    const { memoryBytesMax } = this.#state.limits;
    const intervalMs = memoryBytesMax > 0 ? MEMORY_INTERVAL_MS : MEMORY_INTERVAL_UNLIMITED_MS;
    this.#memoryTimer = setInterval(() => this.#lookAtMemory(), intervalMs).unref();
    return this.#started.promise;
  }

  /**
   * Ends the worker and starts it anew, and waits until the new one has joined the cluster.
   *
   * @throws {@link NannyError} `GRID_NANNY_CLOSED` if there will be none.
   */
  async restart(): Promise<RunningWorker> {
    const restarted = createDeferred<RunningWorker>();
    this.#restarts.push(restarted);
    this.#give({ type: 'restart', at: this.#clock.now() });
    return restarted.promise;
  }

  /** Ends the worker, by force if it must be. Idempotent, bounded in time. */
  async close(): Promise<void> {
    this.#give({ type: 'close', at: this.#clock.now() });
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Ends the worker without a word, and without waiting for it: for a process that is about to end itself. */
  kill(): void {
    this.#process?.signal('SIGKILL');
  }

  #give(stimulus: NannyStimulus): void {
    handleStimulus(this.#state, stimulus, this.#effects);
    const { name } = this.#state.phase;
    // What is waited for must come about, also in a program that has nothing else to do.
    const isWaitedFor = name === 'starting' || name === 'ending';
    this.#process?.hold(isWaitedFor || this.#options.holdsProcess !== false);
  }

  #createEffects(): NannyEffects {
    return {
      spawn: () => this.#spawn(),
      ask: (why) => this.#process?.send({ kind: 'close', reason: `its nanny ends it: ${why}` }),
      signal: (signal) => this.#process?.signal(signal),
      wakeAt: (at) => this.#wakeAt(at),
      workerEnding: (why) => this.#onWorkerEnding(why),
      workerExited: (exit) => this.#onWorkerExited(exit),
      restartEnded: (outcome) => this.#onRestartEnded(outcome),
      closed: (code) => this.#onClosed(code),
    };
  }

  #spawn(): void {
    this.#launchError = undefined;
    const { entry, env } = this.#options.command;
    const command = { entry, env: { ...env, ...this.#plugins.env } };
    const child = new WorkerProcess(command, this.#log, {
      onMessage: (message) => this.#onMessage(message),
      onExit: (exit, error) => this.#onExit(exit, error),
      ...(this.#parts.onOutput !== undefined && { onOutput: this.#parts.onOutput }),
    });
    this.#process = child;
    this.#launch().then(
      (launch) => child.send({ kind: 'launch', launch, nannyId: this.#line?.id ?? null, env: this.#plugins.env }),
      (error: unknown) => {
        this.#launchError = error;
        child.signal('SIGKILL');
      },
    );
  }

  /** What the process is told to be; once the plugins are there, unless that takes long. */
  async #launch(): Promise<unknown> {
    const launch = await this.#parts.launch();
    using deadline = deadlineSignal(PLUGINS_WAIT_MS, 'to hear of plugins');
    await raceAbort(this.#arePluginsThere.promise, deadline.signal).catch(() => {});
    this.#hasLaunched = true;
    return launch;
  }

  async #onRegistered(plugins: readonly PluginPart[]): Promise<void> {
    // A scheduler that is in the place of another one has those that are set up here already.
    const fresh = plugins.filter((plugin) => !this.#plugins.has(plugin));
    await this.#plugins.addAll(fresh);
    const isTooLate = this.#hasLaunched;
    this.#arePluginsThere.resolve();
    if (isTooLate && fresh.some(({ restarts }) => restarts)) await this.restart().catch(() => {});
  }

  async #onAddPlugin(plugin: PluginPart): Promise<PluginFailure | null> {
    if (this.#plugins.has(plugin)) return null;
    const failure = await this.#plugins.add(plugin);
    if (failure !== null || !plugin.restarts) return failure;
    try {
      this.#logWith('info', { plugin: plugin.name }, 'a plugin wants the worker started anew');
      await this.restart();
      return null;
    } catch (error) {
      return pluginFailure(new NannyError('GRID_NANNY_CLOSED', restartProblem(plugin.name, error), { cause: error }));
    }
  }

  #onMessage(message: FromProcess): void {
    const at = this.#clock.now();
    if (message.kind === 'leaving') {
      this.#give({ type: 'worker-leaving', wantsRestart: message.wantsRestart, at });
      return;
    }
    const { address, http, id } = message;
    const worker = { address, http, id, pid: this.#process?.pid ?? 0 };
    this.#worker = worker;
    this.#give({ type: 'worker-ready', at });
    // It may be on its way out already.
    if (this.#state.phase.name !== 'running') return;
    this.#started.resolve(worker);
    this.#parts.onWorker?.(worker);
  }

  #onExit(exit: ProcessExit, error: Error | undefined): void {
    this.#lastPid = this.#process?.pid ?? 0;
    this.#process = null;
    this.#lastExit = exit;
    this.#spawnError = error;
    this.#give({ type: 'worker-exited', ...exit, at: this.#clock.now() });
  }

  #onWorkerEnding(why: EndReason): void {
    const { memory } = this.#state;
    this.#logWith('warn', { why, memory }, 'killing the worker');
    // Before it is dead: what is killed first cannot be told of if this process is next.
    if (why === 'memory') this.#line?.send({ op: 'worker-ending', pid: this.#process?.pid ?? 0, cause: why, memory });
  }

  #onWorkerExited(exit: WorkerExit): void {
    this.#line?.send(exitReport(this.#lastPid, exit, { memoryLimit: this.#options.memoryLimit ?? 0, log: this.log }));
    const { cause, code, signal, memory } = exit;
    const level = cause === 'closed' || cause === 'left' || cause === 'restarted' ? 'info' : 'warn';
    this.#logWith(level, { cause, code, signal, memory }, 'the worker has ended');
  }

  #onRestartEnded(outcome: 'restarted' | 'failed'): void {
    const waiting = this.#restarts;
    this.#restarts = [];
    const worker = this.#worker;
    const refusal = `the nanny of worker ${this.#options.name} is closed, and starts none`;
    for (const waiter of waiting) {
      if (outcome === 'restarted' && worker !== null) waiter.resolve(worker);
      else waiter.reject(new NannyError('GRID_NANNY_CLOSED', refusal));
    }
  }

  #onClosed(code: number): void {
    clearTimeout(this.#timer);
    clearInterval(this.#memoryTimer);
    this.#started.reject(this.#startFailure());
    // A process that was given up is not waited for.
    this.#process?.hold(false);
    this.#process = null;
    const end = { code, exit: this.#lastExit };
    // It has its own limit in time.
    this.#arePluginsThere.resolve();
    void Promise.all([this.#line?.close(), this.#plugins.close()]).then(() => this.#closed.resolve(end));
  }

  #createLine(): SchedulerLine | null {
    const { name, scheduler } = this.#options;
    const { transports, logger } = this.#parts;
    if (scheduler === undefined || transports === undefined) return null;
    const { token, connectTimeoutMs = CONNECT_TIMEOUT_MS, reconnectTimeoutMs = CONNECT_TIMEOUT_MS } = scheduler;
    return new SchedulerLine(
      { name, token, connectTimeoutMs, reconnectTimeoutMs },
      {
        transports,
        logger,
        log: this.#ring,
        onRestart: async (reason) => {
          logger.info({ worker: name, reason }, 'the scheduler wants the worker started anew');
          return (await this.restart()).id;
        },
        onRegistered: (plugins) => void this.#onRegistered(plugins),
        onAddPlugin: (plugin) => this.#onAddPlugin(plugin),
        onDropPlugin: (pluginName) => this.#plugins.drop(pluginName),
        onRun: (message) => this.#plugins.run(message),
        onLost: (reason, isOrderly) => {
          this.#arePluginsThere.resolve();
          if (isOrderly) this.#logWith('info', { reason }, 'the scheduler has closed');
          else this.#logWith('warn', { reason }, 'lost the scheduler');
          this.#give({ type: isOrderly ? 'close' : 'scheduler-lost', at: this.#clock.now() });
        },
      },
    );
  }

  #startFailure(): unknown {
    if (this.#launchError !== undefined) return this.#launchError;
    return startFailure(this.#options.name, this.#lastExit, { log: this.log, cause: this.#spawnError });
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#give({ type: 'timer', at: this.#clock.now() }),
      Math.max(0, Math.ceil(at - this.#clock.now())),
    );
    if (this.#options.holdsProcess === false) this.#timer.unref();
  }

  #lookAtMemory(): void {
    const pid = this.#process?.pid;
    const bytes = pid === undefined ? null : residentBytes(pid);
    if (bytes !== null) this.#give({ type: 'memory', bytes, at: this.#clock.now() });
  }

  #logWith(level: 'info' | 'warn', facts: Record<string, unknown>, text: string): void {
    this.#parts.logger[level]({ worker: this.#options.name, ...facts }, text);
  }
}
