import type { Address } from '@grid/common';
import type { MessageWith, ReplyTo, RequestOp } from '@grid/protocol';
import type { ConnectionPool } from '@grid/rpc';

import type { LateLink } from './late-link.js';

/** How long the scheduler may take to answer. */
const REQUEST_TIMEOUT_MS = 30_000;

/** How long the scheduler may take to collect bulk data for us. */
const BULK_TIMEOUT_MS = 300_000;

/** Questions to the scheduler. */
export class SchedulerRequests {
  readonly #link: LateLink;
  readonly #pool: ConnectionPool;
  readonly #address: Address;

  constructor(link: LateLink, pool: ConnectionPool, address: Address) {
    this.#link = link;
    this.#pool = pool;
    this.#address = address;
  }

  /** Abilities that the scheduler has named. */
  features(): Promise<readonly string[]> {
    return this.#link.features();
  }

  /** Asks on the control line, behind everything that was said before. */
  request<Word extends RequestOp>(
    message: MessageWith<Word>,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ReplyTo<Word>> {
    return this.#link.request(message, { timeoutMs: REQUEST_TIMEOUT_MS, ...options });
  }

  /** Asks on a line of its own: what is large must not stand in front of control messages. */
  bulkRequest<Word extends RequestOp>(message: MessageWith<Word>): Promise<ReplyTo<Word>> {
    return this.#pool.request(this.#address, message, { timeoutMs: BULK_TIMEOUT_MS });
  }
}
