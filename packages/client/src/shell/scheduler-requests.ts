import { isGridError, type Address } from '@grid/common';
import type { MessageWith, ReplyTo, RequestOp } from '@grid/protocol';
import { isRemoteError, type ConnectionPool } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { LateLink } from './late-link.js';

/** How long the scheduler may take to answer. */
const REQUEST_TIMEOUT_MS = 30_000;

/** How long the scheduler may take to collect bulk data for us. */
const BULK_TIMEOUT_MS = 300_000;

/** So many lines for bulk data may break under one request, while the scheduler itself is there. */
const BULK_TRIES = 4;

/** What may be asked again of the scheduler that takes the place of one that is lost, since it changes nothing. */
const REPEATABLE: ReadonlySet<RequestOp> = new Set<RequestOp>([
  'who-has',
  'has-what',
  'processing',
  'nbytes',
  'scheduler-info',
  'story',
  'wait-for-workers',
  'task-states',
  'hold-for-result',
  'get-output',
  'package-versions',
  'task-spec',
  'spans',
  'task-stream',
  'explain-task',
  'dump-state',
  'call-stacks',
]);

/** Questions to the scheduler. */
export class SchedulerRequests {
  readonly #link: LateLink;
  readonly #pool: ConnectionPool;
  readonly #address: Address;
  readonly #assertOpen: (what: string) => void;

  /** @param assertOpen - Throws what a client's user is told once the scheduler is gone. */
  constructor(
    link: LateLink,
    { pool, address, assertOpen }: { pool: ConnectionPool; address: Address; assertOpen: (what: string) => void },
  ) {
    this.#link = link;
    this.#pool = pool;
    this.#address = address;
    this.#assertOpen = assertOpen;
  }

  /** Abilities that the scheduler has named. */
  features(): Promise<readonly string[]> {
    return this.#link.features();
  }

  /**
   * Asks on the control line, behind everything that was said before.
   *
   * @throws {@link ClientError} `GRID_CLIENT_SCHEDULER_LOST`, `GRID_CLIENT_CLOSED` if the line ends before the answer;
   * `GRID_CLIENT_SCHEDULER_SILENT` if none comes in time; `RemoteError`; the signal's reason.
   */
  async request<Word extends RequestOp>(
    message: MessageWith<Word>,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ReplyTo<Word>> {
    const limits = { timeoutMs: REQUEST_TIMEOUT_MS, ...options };
    for (;;) {
      try {
        return await this.#link.request(message, limits);
      } catch (error) {
        const isOfPeer: boolean = isRemoteError(error);
        if (isOfPeer || !isGridError(error)) throw error;
        const { op }: { readonly op: RequestOp } = message;
        if (error.code === 'GRID_RPC_TIMEOUT') throw this.#silent(op, limits, error);
        if (error.code !== 'GRID_RPC_CLOSED') throw error;
        // The client has heard by now that its line is gone, and knows why.
        this.#assertOpen('ask the scheduler');
        if (!this.#link.isAway) throw error;
        if (!REPEATABLE.has(op)) throw this.#lostOnTheWay(op, error);
        options.signal?.throwIfAborted();
      }
    }
  }

  /**
   * Asks on a line of its own: what is large must not stand in front of control messages. If that line breaks it asks
   * again, so what is asked must be the same if it is done twice.
   *
   * @throws As {@link SchedulerRequests.request}; {@link ClientError} `GRID_CLIENT_UNREACHABLE` if such lines keep breaking.
   */
  async bulkRequest<Word extends RequestOp>(message: MessageWith<Word>): Promise<ReplyTo<Word>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#pool.request(this.#address, message, { timeoutMs: BULK_TIMEOUT_MS });
      } catch (error) {
        if (!isOfLine(error)) throw error;
        this.#assertOpen('ask the scheduler');
        if (tries === BULK_TRIES) throw this.#unreachable(tries, error);
        // It broke by itself, or the scheduler is gone: whoever reads the control line knows.
        await this.request({ op: 'who-has', ids: [] });
      }
    }
  }

  #lostOnTheWay(op: string, cause: unknown): ClientError {
    return new ClientError(
      'GRID_CLIENT_SCHEDULER_LOST',
      `the scheduler at ${this.#address} was lost while it was asked '${op}'; it may have done that or not`,
      { details: { scheduler: this.#address, op }, cause },
    );
  }

  #silent(op: string, { timeoutMs }: { readonly timeoutMs: number }, cause: unknown): ClientError {
    const address = this.#address;
    return new ClientError(
      'GRID_CLIENT_SCHEDULER_SILENT',
      `the scheduler at ${address} has not answered '${op}' for ${String(timeoutMs)} ms: it has too much to do, hangs, or cannot be reached any more. Its line is open still, and what was asked may yet be done; look at its log`,
      { details: { address, op, timeoutMs }, cause },
    );
  }

  #unreachable(tries: number, cause: unknown): ClientError {
    const address = this.#address;
    return new ClientError(
      'GRID_CLIENT_UNREACHABLE',
      `the scheduler at ${address} answers, but ${String(tries)} lines for data to it broke; look at the network between`,
      { details: { address, tries }, cause },
    );
  }
}

/** Whether it was the line that failed, and not what was asked. */
function isOfLine(error: unknown): boolean {
  // A peer's error is a GridError too, so this must not narrow.
  const isOfPeer: boolean = isRemoteError(error);
  if (isOfPeer || !isGridError(error)) return false;
  // An answer that does not come in time says nothing about the line; a line that cannot be opened in time does.
  if (error.code === 'GRID_RPC_TIMEOUT') return 'deadlineMs' in error.details;
  return error.code === 'GRID_RPC_CLOSED' || error.code.startsWith('GRID_COMM_');
}
