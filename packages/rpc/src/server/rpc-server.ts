import { deadlineSignal, isGridError, messageOf, type Address, type Logger } from '@grid/common';
import { TRUSTED_LIMITS, type Comm, type Listener, type Transports } from '@grid/comm';
import { MessageCodec } from '@grid/protocol';
import { RpcError } from '../errors.js';
import { acceptHandshake } from '../handshake/accept-handshake.js';
import { HandshakeWire } from '../handshake/handshake-wire.js';
import { checkIdentity, type LocalIdentity, type PeerIdentity, type Role } from '../identity.js';
import { toFailure } from '../link/failure-message.js';
import { Link } from '../link/link.js';
import type { LinkHandlers } from '../link/link-handlers.js';
import { LINK_LIMITS, type LinkLimits } from '../link/link-limits.js';
import { withinTime } from '../link/within-time.js';
import { LimitedWarnings } from './limited-warnings.js';
import { hostOf, isLocalOnly } from './loopback.js';
import { Strangers } from './strangers.js';

export interface RpcServerOptions {
  /** The cluster's token. `null`: lets in everybody who reaches the address, which then has to be of this machine only. */
  readonly token: string | null;
  readonly local: LocalIdentity;
  /** Who may come in. @defaultValue every role */
  readonly roles?: readonly Role[];
  /** Milliseconds from a new line to the end of its handshake. @defaultValue 10 000 */
  readonly handshakeTimeoutMs?: number;
  /** Lines in their handshake at a time, from all hosts. @defaultValue 512 */
  readonly unauthenticatedMax?: number;
  /** Lines in their handshake at a time, from one host. @defaultValue half of `unauthenticatedMax` */
  readonly unauthenticatedPerHostMax?: number;
  /** Milliseconds in its handshake after which a line makes way for others if there is no room. @defaultValue 1000 */
  readonly unauthenticatedPatienceMs?: number;
  readonly limits?: Partial<LinkLimits>;
}

export interface RpcServerParts {
  readonly transports: Transports;
  readonly logger: Logger;
  /** May be shared by all links of a process. @defaultValue one of its own */
  readonly codec?: MessageCodec;
  /**
   * Takes a link whose peer, `link.peer`, is known and proved, and says who handles what comes in. What it sends goes out
   * first of all. A `GridError` that it throws turns the peer away with its code.
   */
  accept(link: Link): LinkHandlers;
}

/** What a server has seen, for metrics. */
export interface RpcServerCounts {
  /** Links that were opened. */
  accepted: number;
  /** Lines that ended in their handshake, for whatever reason. */
  refused: number;
}

const CLOSE_TIMEOUT_MS = 5000;

/** Accepts links: listens, lets every line through its handshake, and knows those that are open. */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #parts: RpcServerParts;
  readonly #codec: MessageCodec;
  readonly #strangers: Strangers;
  readonly #warnings: LimitedWarnings;
  readonly #listeners = new Set<Listener>();
  readonly #links = new Set<Link>();
  readonly #counts: RpcServerCounts = { accepted: 0, refused: 0 };
  #closing: Promise<void> | undefined;

  constructor(options: RpcServerOptions, parts: RpcServerParts) {
    checkIdentity(options.local);
    this.#options = options;
    this.#parts = parts;
    this.#codec = parts.codec ?? new MessageCodec();
    const totalMax = options.unauthenticatedMax ?? 512;
    const perHostMax = options.unauthenticatedPerHostMax ?? Math.max(1, Math.ceil(totalMax / 2));
    const patienceMs = options.unauthenticatedPatienceMs ?? 1000;
    const now = (): number => performance.now();
    this.#strangers = new Strangers({ totalMax, perHostMax, patienceMs }, now);
    this.#warnings = new LimitedWarnings(parts.logger, { linesMax: 20, spanMs: 10_000, now });
  }

  /** The open links, in the order in which they came. */
  get links(): ReadonlySet<Link> {
    return this.#links;
  }

  get counts(): Readonly<RpcServerCounts> {
    return this.#counts;
  }

  /**
   * Accepts lines on `address`; may be called for several.
   *
   * @returns the address that peers should use.
   * @throws {@link RpcError} `GRID_RPC_TOKEN_REQUIRED` where others than this machine could come in without a token;
   * `CommError` if nobody can listen there.
   */
  async listen(address: Address): Promise<Address> {
    if (this.#closing !== undefined) throw new RpcError('GRID_RPC_CLOSED', 'the server is closed');
    if (this.#options.token === null && !isLocalOnly(address)) {
      throw new RpcError(
        'GRID_RPC_TOKEN_REQUIRED',
        `${address} can be reached from other machines; set GRID_TOKEN or GRID_TOKEN_FILE, or listen on 127.0.0.1`,
        { details: { address } },
      );
    }
    const listener = await this.#parts.transports.for(address).listen(address, (comm) => void this.#welcome(comm));
    if (this.#isClosing()) {
      await listener.close();
      throw new RpcError('GRID_RPC_CLOSED', 'the server is closed');
    }
    this.#listeners.add(listener);
    if (this.#options.token === null) {
      this.#parts.logger.warn(
        { address: listener.contactAddress },
        'listens without a token: every user of this machine can get in',
      );
    }
    return listener.contactAddress;
  }

  /** Accepts no more, and closes all links in order. Idempotent, bounded in time. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  async #closeAll(): Promise<void> {
    const listeners = Promise.all(Array.from(this.#listeners, (listener) => listener.close()));
    this.#strangers.dropAll();
    await withinTime(Promise.all(Array.from(this.#links, (link) => link.close())), CLOSE_TIMEOUT_MS);
    await withinTime(listeners, CLOSE_TIMEOUT_MS);
  }

  /** Never rejects: whatever goes wrong with one line is the end of that line only. */
  async #welcome(comm: Comm): Promise<void> {
    const { peerAddress } = comm;
    const drop = (): void => comm.abort('the handshake was broken off');
    const leave = this.#isClosing() ? undefined : this.#strangers.admit({ host: hostOf(peerAddress), drop });
    const { handshakeTimeoutMs = 10_000 } = this.#options;
    using deadline = deadlineSignal(handshakeTimeoutMs, `the handshake with ${peerAddress}`);
    const wire = new HandshakeWire(comm, this.#codec, deadline.signal);
    try {
      if (leave === undefined) throw new RpcError('GRID_RPC_BUSY', 'too many lines are being opened; try again');
      const { local, token, roles = ALL_ROLES } = this.#options;
      const peer = await acceptHandshake(wire, { local, token, roles });
      if (this.#isClosing()) throw new RpcError('GRID_RPC_BUSY', 'the server closes');
      await this.#open(wire, peer);
      this.#counts.accepted += 1;
    } catch (error) {
      this.#counts.refused += 1;
      await this.#refuse(wire, error);
    } finally {
      leave?.();
    }
  }

  async #open(wire: HandshakeWire, peer: PeerIdentity): Promise<void> {
    const { comm, received } = wire;
    const limits = { ...LINK_LIMITS, ...this.#options.limits };
    const link = new Link(peer, limits, { comm, received, codec: this.#codec, logger: this.#parts.logger });
    const handlers = this.#parts.accept(link);
    comm.setLimits?.(TRUSTED_LIMITS);
    this.#links.add(link);
    // Not awaited before the link starts: nothing may be sent ahead of it, and what fails here ends the link.
    wire.send({ op: 'welcome' }).catch((error: unknown) => link.abort(error));
    link.start({
      onMessage: (message) => handlers.onMessage(message),
      onRequest: (message) => handlers.onRequest(message),
      onClosed: (reason) => {
        this.#links.delete(link);
        handlers.onClosed(reason);
      },
    });
  }

  async #refuse(wire: HandshakeWire, error: unknown): Promise<void> {
    const { comm } = wire;
    const code = isGridError(error) ? error.code : 'GRID_RPC_HANDLER_FAILED';
    this.#warnings.warn({ peer: comm.peerAddress, code, problem: messageOf(error) }, 'refused a line');
    if (SILENT_CODES.has(code) || /^GRID_(COMM|COMMON|PROTOCOL)_/.test(code)) {
      comm.abort(error);
      return;
    }
    const { message, details } = toFailure(error, 'the handshake');
    // A peer that does not take even this is none that could be told anything.
    await wire.send({ op: 'refusal', code, message, details }).then(
      () => comm.close(),
      (failure: unknown) => comm.abort(failure),
    );
  }
}

const ALL_ROLES: readonly Role[] = ['client', 'worker', 'scheduler', 'nanny'];

/** Whoever does not follow the handshake is told nothing. */
const SILENT_CODES: ReadonlySet<string> = new Set(['GRID_RPC_BAD_PEER', 'GRID_RPC_CLOSED', 'GRID_RPC_TIMEOUT']);
