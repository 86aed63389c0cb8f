import { isGridError, messageOf, type Address, type Clock, type Logger } from '@grid/common';
import type { Transports } from '@grid/comm';
import { RESUME_FEATURE, type Facts, type Message, type MessageCodec, type MessageWith } from '@grid/protocol';
import { connectLink, type Link, type LocalIdentity } from '@grid/rpc';

import { WorkerError } from '../errors.js';

/** What a worker tells the scheduler about itself. */
export type Registration = Omit<MessageWith<'register-worker'>, 'op' | 'now'>;

export interface SchedulerLinkOptions {
  readonly schedulerAddress: Address;
  readonly token: string | null;
  readonly local: LocalIdentity;
  readonly connectTimeoutMs: number;
}

export interface SchedulerLinkParts {
  readonly transports: Transports;
  readonly codec: MessageCodec;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Called when the link is open, before anything is said on it. */
  onOpen(link: Link): void;
  onMessage(message: Message): void;
  onRequest(message: Message): Promise<Message>;
  /** Something new is known about the scheduler's clock: what to add to ours, in milliseconds. */
  onClockOffset(offsetMs: number): void;
  metrics(): Facts;
  /** The scheduler is gone or does not know this worker any more. Called once. */
  onLost(reason: string): void;
}

/** The scheduler's answer to the registration has to come within this time; it may be in the middle of a large graph. */
const REGISTER_TIMEOUT_MS = 60_000;

/** A heartbeat that is not answered within so many intervals counts as missed, and the next one is sent. */
const HEARTBEAT_PATIENCE = 10;

const UNREGISTER_TIMEOUT_MS = 2000;

/** How much later than it was told to the scheduler may answer whether this worker can leave. */
const RETIRE_GRACE_MS = 5000;

/** The one line to the scheduler. When it breaks, this incarnation of the worker is over. */
export class SchedulerLink {
  readonly #options: SchedulerLinkOptions;
  readonly #parts: SchedulerLinkParts;
  #link: Link | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Aborted when the worker leaves. */
  readonly #leaving = new AbortController();
  #isLost = false;

  constructor(options: SchedulerLinkOptions, parts: SchedulerLinkParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /**
   * Finds the scheduler and registers.
   *
   * @param registration - Asked for once the link is there.
   * @param inventory - What is said before that to a scheduler that takes another's place, by the instance id of this one.
   * @returns the scheduler's answer
   * @throws {@link WorkerError} `GRID_WORKER_NO_SCHEDULER`, with the reason as its cause.
   */
  async open(
    registration: () => Registration,
    inventory?: (schedulerId: string) => MessageWith<'worker-inventory'>,
  ): Promise<MessageWith<'worker-registered'>> {
    const { schedulerAddress, connectTimeoutMs, local, token } = this.#options;
    const { transports, codec, logger, clock } = this.#parts;
    try {
      const link = await connectLink(schedulerAddress, {
        transports,
        local,
        token,
        codec,
        logger,
        deadlineMs: connectTimeoutMs,
        signal: this.#leaving.signal,
        handlers: {
          onMessage: (message) => this.#parts.onMessage(message),
          onRequest: (message) => this.#parts.onRequest(message),
          onClosed: (reason) => this.#lose(reason === undefined ? 'it closed the line' : messageOf(reason)),
        },
      });
      this.#link = link;
      this.#leaving.signal.throwIfAborted();
      // It may refuse to be taken for another.
      const brought = inventory === undefined ? undefined : this.#checkResumable(link, inventory(link.peer.instanceId));
      this.#parts.onOpen(link);
      if (brought !== undefined) link.send(brought);
      const sentAt = clock.now();
      const message: MessageWith<'register-worker'> = { op: 'register-worker', ...registration(), now: sentAt };
      const registered = await link.request(message, { timeoutMs: REGISTER_TIMEOUT_MS });
      this.#learnClock(sentAt, registered.now);
      if (!this.#leaving.signal.aborted) this.#beatIn(registered.heartbeatIntervalMs);
      return registered;
    } catch (error) {
      this.#link?.abort(error);
      const code = isGridError(error) ? ` (${error.code})` : '';
      throw new WorkerError(
        'GRID_WORKER_NO_SCHEDULER',
        `cannot join the scheduler at ${schedulerAddress}: ${messageOf(error)}${code}`,
        { details: { address: schedulerAddress, code: isGridError(error) ? error.code : null }, cause: error },
      );
    }
  }

  /** Whether the line is gone, or was never there. */
  get isClosed(): boolean {
    return this.#link === undefined || this.#link.isClosed;
  }

  /** Gives the line up, since what came over it makes no sense. */
  abort(reason: unknown): void {
    this.#link?.abort(reason);
  }

  /**
   * Asks the scheduler to make this worker ready to leave: it gets no tasks any more, and its results are moved. Settles when
   * that is done, cannot be done, or took longer than `timeoutMs`; whether it is. Never rejects.
   */
  async retire(timeoutMs: number): Promise<boolean> {
    const message = {
      op: 'retire-workers',
      workers: null,
      count: null,
      closeWorkers: false,
      remove: false,
      timeoutMs,
    } as const;
    try {
      const reply = await this.#link?.request(message, { timeoutMs: timeoutMs + RETIRE_GRACE_MS });
      const kept = reply?.kept ?? [];
      for (const { reason } of kept) this.#parts.logger.warn({ reason }, 'this worker cannot leave in order');
      return kept.length === 0;
    } catch (error) {
      this.#parts.logger.warn({ error: messageOf(error) }, 'the scheduler did not help this worker to leave');
      return false;
    }
  }

  /** Tells the scheduler that this worker leaves, and closes. Bounded in time; never rejects. */
  async close(reason: string): Promise<void> {
    this.#leaving.abort(new WorkerError('GRID_WORKER_CLOSED', 'the worker was closed'));
    clearTimeout(this.#timer);
    const link = this.#link;
    if (link === undefined) return;
    try {
      if (!link.isClosed) {
        const message: MessageWith<'unregister-worker'> = { op: 'unregister-worker', reason, expected: true };
        await link.request(message, { timeoutMs: UNREGISTER_TIMEOUT_MS });
      }
    } catch (error) {
      // It sees the line close in a moment, which tells it the same.
      this.#parts.logger.debug({ error: messageOf(error) }, 'could not tell the scheduler that this worker leaves');
    }
    await link.close();
  }

  #checkResumable<Brought>(link: Link, brought: Brought): Brought {
    if (link.peer.features.includes(RESUME_FEATURE)) return brought;
    throw new WorkerError('GRID_WORKER_LOST_SCHEDULER', 'the scheduler there takes in no workers of another one');
  }

  #lose(reason: string): void {
    clearTimeout(this.#timer);
    if (this.#leaving.signal.aborted || this.#isLost) return;
    this.#isLost = true;
    this.#parts.onLost(reason);
  }

  #beatIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#beat(ms), ms);
  }

  async #beat(intervalMs: number): Promise<void> {
    const link = this.#link;
    if (link === undefined || link.isClosed || this.#leaving.signal.aborted) return;
    const sentAt = this.#parts.clock.now();
    let nextMs = intervalMs;
    try {
      const message: MessageWith<'heartbeat'> = { op: 'heartbeat', now: sentAt, metrics: this.#parts.metrics() };
      const reply = await link.request(message, { timeoutMs: intervalMs * HEARTBEAT_PATIENCE });
      this.#learnClock(sentAt, reply.now);
      nextMs = reply.intervalMs;
      if (reply.status === 'missing') {
        this.#lose('it does not know this worker any more');
        link.abort('the scheduler does not know this worker any more');
        return;
      }
    } catch (error) {
      // A scheduler that is busy answers late; one that is gone closes the line, and that is what ends this worker.
      this.#parts.logger.warn({ error: messageOf(error) }, 'a heartbeat was not answered');
    }
    if (!this.#leaving.signal.aborted && !this.#isLost) this.#beatIn(nextMs);
  }

  /** The scheduler read its clock somewhere between our two readings; the middle is the best guess. */
  #learnClock(sentAt: number, schedulerNow: number): void {
    const receivedAt = this.#parts.clock.now();
    this.#parts.onClockOffset(schedulerNow - (sentAt + receivedAt) / 2);
  }
}
