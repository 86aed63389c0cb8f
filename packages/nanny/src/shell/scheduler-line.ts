import { isGridError, messageOf, type Address, type Logger, type LogRing } from '@grid/common';
import type { Transports } from '@grid/comm';
import type { PluginFailure, PluginPart } from '@grid/plugins';
import { answerGetLogs, FEATURES, type Message, type MessageWith } from '@grid/protocol';
import { connectLink, createInstanceId, RpcError, type Link } from '@grid/rpc';

/** How a nanny reaches its scheduler. */
export interface SchedulerLineOptions {
  /** The worker's name. */
  readonly name: string;
  readonly token: string | null;
  /** Milliseconds to look for the scheduler before giving up. */
  readonly connectTimeoutMs: number;
  /** The same for one in place of a scheduler that is lost; 0: it is not looked for. */
  readonly reconnectTimeoutMs: number;
}

export interface SchedulerLineParts {
  readonly transports: Transports;
  readonly logger: Logger;
  /** What this nanny logs, and what its workers print. */
  readonly log: LogRing;
  /** The scheduler wants the worker started anew; resolves with the instance id of the next one. */
  onRestart(reason: string): Promise<string>;
  /** The scheduler knows this nanny, and has these plugins for it. */
  onRegistered(plugins: readonly PluginPart[]): void;
  /** Sets a plugin up, and starts the worker anew if it wants that. */
  onAddPlugin(plugin: PluginPart): Promise<PluginFailure | null>;
  onDropPlugin(name: string): Promise<PluginFailure | null>;
  /** Runs a function. What it throws is its outcome. */
  onRun(message: MessageWith<'run-function'>): Promise<MessageWith<'run-function-reply'>>;
  /**
   * The line could not be opened, or has ended and no other could be opened in time. Called once, and not after `close`.
   *
   * @param isOrderly - The scheduler has said before that it closes.
   */
  onLost(reason: string, isOrderly: boolean): void;
}

const REGISTER_TIMEOUT_MS = 60_000;

/** A line that ends before it is of use. */
const PASSING = new Set(['GRID_RPC_CLOSED', 'GRID_COMM_CLOSED', 'GRID_COMM_RESET']);

/** Between attempts to be taken in, in milliseconds. */
const RETRY_PAUSE_MS = 100;

/** A nanny's line to the scheduler, on which it tells what became of its workers. */
export class SchedulerLine {
  /** What workers of this nanny name when they register. */
  readonly id = createInstanceId('nanny');
  readonly #options: SchedulerLineOptions;
  readonly #parts: SchedulerLineParts;
  /** Ends an attempt to connect. */
  readonly #closing = new AbortController();
  #link: Link | null = null;
  #isOver = false;
  /** Why the scheduler closes, since it has said so. */
  #closingReason: string | null = null;

  constructor(options: SchedulerLineOptions, parts: SchedulerLineParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Opens the line. What fails is told by `onLost`. */
  async open(address: Address): Promise<void> {
    try {
      await this.#connect(address, this.#options.connectTimeoutMs);
    } catch (error) {
      this.#link?.abort(error);
      this.#lose(messageOf(error));
    }
  }

  async #connect(address: Address, deadlineMs: number): Promise<void> {
    const { name, token } = this.#options;
    const { transports, logger } = this.#parts;
    let isRegistered = false;
    const link = await connectLink(address, {
      transports,
      logger,
      token,
      local: { role: 'nanny', instanceId: this.id, about: { name }, features: FEATURES },
      deadlineMs,
      signal: this.#closing.signal,
      handlers: {
        onMessage: (message) => this.#take(message),
        onRequest: (message) => this.#answer(message),
        onClosed: (reason) => {
          // Before that, whoever registers hears of it.
          if (isRegistered) void this.#comeBack(address, reason === undefined ? 'it closed the line' : reason.message);
        },
      },
    });
    this.#link = link;
    const registration: MessageWith<'register-nanny'> = { op: 'register-nanny', name, pid: process.pid };
    const { plugins } = await link.request(registration, { timeoutMs: REGISTER_TIMEOUT_MS });
    isRegistered = true;
    this.#parts.onRegistered(plugins ?? []);
  }

  /** Looks for a scheduler in place of the one that is gone; the worker does the same meanwhile. */
  async #comeBack(address: Address, reason: string): Promise<void> {
    // One that ends in order is not followed by another.
    const endsAt = performance.now() + (this.#closingReason !== null ? 0 : this.#options.reconnectTimeoutMs);
    for (let problem = reason; !this.#isOver;) {
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) {
        this.#lose(problem);
        return;
      }
      try {
        await this.#connect(address, leftMs);
        return;
      } catch (error) {
        this.#link?.abort(error);
        problem = `${reason}; ${messageOf(error)}`;
        // Another one that goes away in the middle of it is followed by a third; anything else would be the same again.
        if (!isGridError(error) || !PASSING.has(error.code)) {
          this.#lose(problem);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * (0.5 + Math.random())));
    }
  }

  /** Says something if there is a line. */
  send(message: MessageWith<'worker-ending' | 'worker-exited'>): void {
    if (this.#link !== null && !this.#link.isClosed) this.#link.send(message);
  }

  /** Says what there is to be said, and closes. Bounded in time, never rejects. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#closing.abort(new RpcError('GRID_RPC_CLOSED', 'the nanny closes'));
    await this.#link?.close();
  }

  #take(message: Message): void {
    if (message.op === 'scheduler-closing') this.#closingReason = message.reason;
    else this.#parts.logger.debug({ op: message.op }, 'the scheduler said what a nanny does not listen to');
  }

  async #answer(message: Message): Promise<Message> {
    if (message.op === 'restart-worker')
      return { op: 'restart-worker-reply', workerInstanceId: await this.#parts.onRestart(message.reason) };
    if (message.op === 'run-function') return this.#parts.onRun(message);
    if (message.op === 'get-logs') return answerGetLogs(this.#parts.log, message);
    if (message.op === 'add-plugin')
      return { op: 'add-plugin-reply', failure: await this.#parts.onAddPlugin(message.plugin) };
    if (message.op === 'drop-plugin')
      return { op: 'drop-plugin-reply', failure: await this.#parts.onDropPlugin(message.name) };
    throw new RpcError('GRID_RPC_UNSUPPORTED', `a nanny does not answer '${message.op}'`);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.onLost(this.#closingReason ?? reason, this.#closingReason !== null);
  }
}
