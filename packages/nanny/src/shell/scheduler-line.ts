import { messageOf, type Address, type Logger, type LogRing } from '@grid/common';
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
   * The line could not be opened, or has ended. Called once, and not after `close`.
   *
   * @param isOrderly - The scheduler has said before that it closes.
   */
  onLost(reason: string, isOrderly: boolean): void;
}

const REGISTER_TIMEOUT_MS = 60_000;

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
    const { name, token, connectTimeoutMs } = this.#options;
    const { transports, logger } = this.#parts;
    try {
      this.#link = await connectLink(address, {
        transports,
        logger,
        token,
        local: { role: 'nanny', instanceId: this.id, about: { name }, features: FEATURES },
        deadlineMs: connectTimeoutMs,
        signal: this.#closing.signal,
        handlers: {
          onMessage: (message) => this.#take(message),
          onRequest: (message) => this.#answer(message),
          onClosed: (reason) => this.#lose(reason === undefined ? 'it closed the line' : reason.message),
        },
      });
      const registration: MessageWith<'register-nanny'> = { op: 'register-nanny', name, pid: process.pid };
      const { plugins } = await this.#link.request(registration, { timeoutMs: REGISTER_TIMEOUT_MS });
      this.#parts.onRegistered(plugins ?? []);
    } catch (error) {
      this.#link?.abort(error);
      this.#lose(messageOf(error));
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
