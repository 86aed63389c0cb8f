import { isGridError, messageOf } from '@grid/common';
import type { MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import { WorkerError } from '../errors.js';
import {
  SchedulerLink,
  type Registration,
  type SchedulerLinkOptions,
  type SchedulerLinkParts,
} from './scheduler-link.js';

export interface SchedulerBondOptions extends SchedulerLinkOptions {
  /** Milliseconds to look for a scheduler in place of one that is lost; 0: not at all. */
  readonly reconnectTimeoutMs: number;
}

export interface SchedulerBondParts extends SchedulerLinkParts {
  registration(): Registration;
  /** The scheduler is gone, and it will be looked for another. Settles when this worker is ready to meet it. */
  onAway(): Promise<void>;
  /** What there is for the next scheduler, at this moment; `former`: the one that is gone. */
  inventory(former: FormerScheduler): MessageWith<'worker-inventory'>;
  /** Another scheduler has taken this worker in. */
  onBack(registered: MessageWith<'worker-registered'>): void;
}

/** What is known of a scheduler that is gone. */
export interface FormerScheduler {
  readonly id: string;
  /** How many workers it had; 0: unknown. */
  readonly workerCount: number;
}

/** Pauses between attempts to be taken in, in milliseconds. Attempts to reach anybody have their own. */
const RETRY_PAUSE_MS = 100;

/** What may be over at the next attempt. Anything else, such as a wrong token, is not. */
const PASSING = new Set([
  'GRID_RPC_CLOSED',
  'GRID_RPC_TIMEOUT',
  'GRID_RPC_BUSY',
  'GRID_COMM_CLOSED',
  'GRID_COMM_RESET',
  'GRID_COMM_TIMEOUT',
  'GRID_SCHEDULER_CLOSED',
]);

/**
 * A worker's tie to its scheduler, which may be followed by another one at the same address.
 *
 * A line that breaks is never opened again: the next one begins with a new registration, and is for another scheduler. One
 * that only lost its line has given this worker up, and all that it had; to that one it does not come back.
 */
export class SchedulerBond {
  readonly #options: SchedulerBondOptions;
  readonly #parts: SchedulerBondParts;
  #current: SchedulerLink;
  #former: FormerScheduler = { id: '', workerCount: 0 };
  /** The line that is being opened in place of the last one. */
  #next: SchedulerLink | null = null;
  #isOver = false;

  constructor(options: SchedulerBondOptions, parts: SchedulerBondParts) {
    this.#options = options;
    this.#parts = parts;
    this.#current = this.#createLink(options.connectTimeoutMs);
  }

  /**
   * Finds the scheduler and registers.
   *
   * @throws {@link WorkerError} `GRID_WORKER_NO_SCHEDULER`, with the reason as its cause.
   */
  async open(): Promise<MessageWith<'worker-registered'>> {
    const registered = await this.#current.open(() => this.#parts.registration());
    this.#former = { ...this.#former, id: registered.schedulerId };
    return registered;
  }

  /** Gives the line up, since what came over it makes no sense. */
  abort(reason: unknown): void {
    this.#current.abort(reason);
  }

  /** See {@link SchedulerLink.retire}. */
  retire(timeoutMs: number): Promise<boolean> {
    return this.#current.retire(timeoutMs);
  }

  /** See {@link SchedulerLink.close}. */
  async close(reason: string): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#current.close(reason), this.#next?.close(reason)]);
  }

  #createLink(connectTimeoutMs: number): SchedulerLink {
    const parts = this.#parts;
    const link: SchedulerLink = new SchedulerLink(
      { ...this.#options, connectTimeoutMs },
      {
        ...parts,
        onOpen: (line: Link) => parts.onOpen(line),
        onMessage: (message) => {
          if (message.op === 'worker-count') this.#former = { ...this.#former, workerCount: message.count };
          else parts.onMessage(message);
        },
        onRequest: (message) => parts.onRequest(message),
        onClockOffset: (offsetMs) => parts.onClockOffset(offsetMs),
        metrics: () => parts.metrics(),
        onLost: (reason) => {
          if (this.#current === link && !this.#isOver) this.#lose(reason);
        },
      },
    );
    return link;
  }

  #lose(reason: string): void {
    // One that was never joined is not come back to.
    if (this.#former.id === '') return;
    if (this.#options.reconnectTimeoutMs <= 0) this.#parts.onLost(reason);
    else void this.#comeBack(reason);
  }

  async #comeBack(reason: string): Promise<void> {
    const { reconnectTimeoutMs, schedulerAddress } = this.#options;
    const { logger } = this.#parts;
    logger.warn(
      { reason, scheduler: schedulerAddress, reconnectTimeoutMs },
      'lost the scheduler; looking for the next',
    );
    const endsAt = performance.now() + reconnectTimeoutMs;
    await this.#parts.onAway();
    while (!this.#isOver) {
      const leftMs = endsAt - performance.now();
      const link = this.#createLink(Math.max(1, leftMs));
      this.#next = link;
      try {
        const registered = await link.open(
          () => this.#parts.registration(),
          (peerId) => this.#inventoryFor(peerId),
        );
        this.#next = null;
        this.#current = link;
        if (this.#isOver) {
          await link.close('the worker closes');
          return;
        }
        this.#former = { ...this.#former, id: registered.schedulerId };
        this.#parts.onBack(registered);
        // It may have gone again before anybody looked.
        if (link.isClosed) this.#lose('it closed the line');
        return;
      } catch (error) {
        if (this.#isOver) return;
        const isPassing = isGridError(error) && PASSING.has(String(error.details['code']));
        if (!isPassing || endsAt - performance.now() < RETRY_PAUSE_MS) {
          this.#isOver = true;
          this.#parts.onLost(`${reason}; ${messageOf(error)}`);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * (0.5 + Math.random())));
    }
  }

  #inventoryFor(peerId: string): MessageWith<'worker-inventory'> {
    const former = this.#former;
    if (peerId !== former.id) return this.#parts.inventory(former);
    throw new WorkerError(
      'GRID_WORKER_LOST_SCHEDULER',
      'the scheduler is still there, and has given this worker up since the line to it broke',
    );
  }
}
