import { invariant, nullLogger, type Address, type Logger } from '@grid/common';
import type { Transports } from '@grid/comm';
import { MessageCodec, type MessageWith, type ReplyTo, type RequestOp } from '@grid/protocol';
import { connectLink } from '../connect-link.js';
import { isRemoteError, RpcError } from '../errors.js';
import type { LocalIdentity } from '../identity.js';
import type { Link, RequestOptions } from '../link/link.js';
import type { LinkHandlers } from '../link/link-handlers.js';
import { withinTime } from '../link/within-time.js';
import { AddressLines } from './address-lines.js';
import { POOL_OPTIONS, type PoolOptions } from './pool-options.js';
import { waitForLine } from './wait-for-line.js';

export interface ConnectionPoolOptions extends Partial<PoolOptions> {
  readonly token: string | null;
  readonly local: LocalIdentity;
}

export interface ConnectionPoolParts {
  readonly transports: Transports;
  /** @defaultValue one that says nothing */
  readonly logger?: Logger;
  /** May be shared by all links of a process. @defaultValue one of its own */
  readonly codec?: MessageCodec;
}

const CLOSE_TIMEOUT_MS = 5000;

/**
 * Requests to any number of peers, each over a link of its own for as long as it takes: bulk data of one never stands in front
 * of another. Links are kept for a while and used again.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #local: LocalIdentity;
  readonly #token: string | null;
  readonly #transports: Transports;
  readonly #logger: Logger;
  readonly #codec: MessageCodec;
  readonly #byAddress = new Map<Address, AddressLines>();
  /** Addresses for which somebody waits while the pool is full, in the order in which they came to it. */
  readonly #starved = new Set<AddressLines>();
  #sweeper: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor({ token, local, ...options }: ConnectionPoolOptions, { transports, logger, codec }: ConnectionPoolParts) {
    this.#options = { ...POOL_OPTIONS, ...options };
    this.#token = token;
    this.#local = local;
    this.#transports = transports;
    this.#logger = logger ?? nullLogger;
    this.#codec = codec ?? new MessageCodec();
  }

  /** Links that are open or being opened. */
  get size(): number {
    let size = 0;
    for (const lines of this.#byAddress.values()) size += lines.count;
    return size;
  }

  /**
   * Asks the peer at `address`, over an idle link or a new one. Requests that find neither wait in turn.
   *
   * @param options - The deadline covers the wait for a link as well.
   * @throws {@link RpcError} `GRID_RPC_TIMEOUT`, `GRID_RPC_CLOSED`, `GRID_RPC_BUSY` and those of {@link connectLink};
   * `CommError` if nobody can be reached there; {@link RemoteError} if the peer's handler failed; the signal's reason.
   */
  async request<Word extends RequestOp>(
    address: Address,
    message: MessageWith<Word>,
    options: RequestOptions,
  ): Promise<ReplyTo<Word>> {
    const startedAt = performance.now();
    const link = await this.#acquire(address, options);
    const timeoutMs = Math.max(0, options.timeoutMs - (performance.now() - startedAt));
    try {
      const reply = await link.request(message, { timeoutMs, signal: options.signal });
      this.#release(address, link);
      return reply;
    } catch (error) {
      // The peer's reply may still be on its way, and may be large: such a line is of no use to the next one.
      if (isRemoteError(error)) this.#release(address, link);
      else link.abort(error);
      throw error;
    }
  }

  /** Ends all that goes on with an address, since its peer is known to be gone; `reason` becomes the cause of what fails. */
  remove(address: Address, reason: unknown): void {
    const lines = this.#byAddress.get(address);
    if (lines === undefined) return;
    // Whoever asks from now on means the next peer at this address, and starts afresh.
    this.#byAddress.delete(address);
    this.#starved.delete(lines);
    const error = new RpcError('GRID_RPC_CLOSED', `the peer at ${address} is gone`, {
      details: { address },
      cause: reason,
    });
    for (const attempt of lines.opening) attempt.abort(error);
    failWaiters(lines, error);
    for (const link of linksOf(lines)) link.abort(error);
  }

  /** Closes idle links in order and gives up the rest. Requests under way fail with `GRID_RPC_CLOSED`. Idempotent, bounded. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    clearTimeout(this.#sweeper);
    const error = poolClosed();
    const closed: Promise<void>[] = [];
    for (const lines of [...this.#byAddress.values()]) {
      for (const attempt of lines.opening) attempt.abort(error);
      failWaiters(lines, error);
      for (const link of lines.busy) link.abort(error);
      for (const { link } of lines.idle) closed.push(link.close());
    }
    await withinTime(Promise.all(closed), CLOSE_TIMEOUT_MS);
  }

  async #acquire(address: Address, options: RequestOptions): Promise<Link> {
    if (this.#closing !== undefined) throw poolClosed();
    const lines = this.#linesTo(address);
    if (lines.waiters.size >= this.#options.waitersMax) {
      throw new RpcError(
        'GRID_RPC_BUSY',
        `${String(lines.waiters.size)} requests wait for a line to ${address} already`,
        {
          details: { address },
        },
      );
    }
    return waitForLine(lines, options, () => this.#serve(lines));
  }

  #release(address: Address, link: Link): void {
    const lines = this.#byAddress.get(address);
    // A link that closed under its reply has been forgotten already.
    if (lines === undefined || !lines.busy.delete(link)) return;
    lines.idle.push({ link, since: performance.now() });
    this.#serve(lines);
    this.#serveStarved();
    this.#scheduleSweep();
  }

  #linesTo(address: Address): AddressLines {
    let lines = this.#byAddress.get(address);
    if (lines === undefined) {
      lines = new AddressLines(address);
      this.#byAddress.set(address, lines);
    }
    return lines;
  }

  /** Does what can be done for those who wait: hands out idle links, and opens new ones. */
  #serve(lines: AddressLines): void {
    lines.match();
    while (lines.wantsMore && lines.count < this.#options.perAddressMax && this.#closing === undefined) {
      if (!this.#makeRoom()) {
        this.#starved.add(lines);
        return;
      }
      void this.#openLine(lines);
    }
    this.#starved.delete(lines);
    this.#forgetUnused(lines);
  }

  #forgetUnused(lines: AddressLines): void {
    if (lines.isUnused && this.#byAddress.get(lines.address) === lines) this.#byAddress.delete(lines.address);
  }

  #serveStarved(): void {
    for (const lines of [...this.#starved]) this.#serve(lines);
  }

  /** Whether one more link may be opened; closes the one that has been idle longest if that helps. */
  #makeRoom(): boolean {
    if (this.size < this.#options.totalMax) return true;
    let oldest: AddressLines | undefined;
    for (const lines of this.#byAddress.values()) {
      const since = lines.idle[0]?.since;
      if (since !== undefined && since < (oldest?.idle[0]?.since ?? Infinity)) oldest = lines;
    }
    if (oldest === undefined) return false;
    this.#closeOldest(oldest);
    return true;
  }

  #closeOldest(lines: AddressLines): void {
    const line = lines.idle.shift();
    invariant(line !== undefined, 'an idle line to close');
    // `close` is bounded in time and never rejects.
    void line.link.close();
    this.#forgetUnused(lines);
  }

  async #openLine(lines: AddressLines): Promise<void> {
    const { address } = lines;
    const attempt = new AbortController();
    lines.opening.add(attempt);
    let link: Link | undefined;
    try {
      link = await connectLink(address, {
        transports: this.#transports,
        local: this.#local,
        token: this.#token,
        handlers: this.#handlersOf(lines, () => link),
        deadlineMs: this.#options.connectTimeoutMs,
        signal: attempt.signal,
        codec: this.#codec,
        logger: this.#logger,
        limits: this.#options.limits,
      });
    } catch (error) {
      lines.opening.delete(attempt);
      this.#onOpenFailed(lines, error);
      return;
    }
    lines.opening.delete(attempt);
    if (attempt.signal.aborted || this.#closing !== undefined || link.isClosed) {
      link.abort(attempt.signal.reason ?? poolClosed());
    } else {
      lines.idle.push({ link, since: performance.now() });
      this.#scheduleSweep();
    }
    this.#serve(lines);
    this.#serveStarved();
  }

  #onOpenFailed(lines: AddressLines, error: unknown): void {
    // Links that work will become idle for those who wait; without one, nobody can help them.
    if (lines.busy.size === 0 && lines.idle.length === 0 && lines.opening.size === 0) failWaiters(lines, error);
    this.#forgetUnused(lines);
    this.#serveStarved();
  }

  #handlersOf(lines: AddressLines, link: () => Link | undefined): LinkHandlers {
    return {
      onMessage: ({ op }) => {
        throw new RpcError('GRID_RPC_BAD_PEER', `'${op}' came over a line that is for replies only`);
      },
      onRequest: async ({ op }) => {
        throw new RpcError('GRID_RPC_UNSUPPORTED', `'${op}' is not answered on this line`);
      },
      onClosed: () => {
        const closed = link();
        if (closed !== undefined && lines.forget(closed)) this.#serve(lines);
        this.#serveStarved();
      },
    };
  }

  /** One timer for all idle links, and none while there are none. It keeps no process alive. */
  #scheduleSweep(): void {
    if (this.#sweeper !== undefined || this.#closing !== undefined) return;
    const waitMs = Math.max(10, this.#options.idleTimeoutMs / 4);
    this.#sweeper = setTimeout(() => {
      this.#sweeper = undefined;
      this.#sweep();
    }, waitMs).unref();
  }

  #sweep(): void {
    const latest = performance.now() - this.#options.idleTimeoutMs;
    let hasIdle = false;
    for (const lines of [...this.#byAddress.values()]) {
      while ((lines.idle[0]?.since ?? Infinity) <= latest) this.#closeOldest(lines);
      hasIdle ||= lines.idle.length > 0;
    }
    if (hasIdle) this.#scheduleSweep();
  }
}

function linksOf({ idle, busy }: AddressLines): Link[] {
  return [...idle.map(({ link }) => link), ...busy];
}

function failWaiters(lines: AddressLines, error: unknown): void {
  for (const waiter of [...lines.waiters]) waiter.fail(error);
}

function poolClosed(): RpcError {
  return new RpcError('GRID_RPC_CLOSED', 'the connection pool is closed');
}
