import { deadlineSignal, isGridError, messageOf, nullLogger, raceAbort, type Address, type Logger } from '@grid/common';
import { connect, TRUSTED_LIMITS, type Comm, type Transports } from '@grid/comm';
import { MessageCodec } from '@grid/protocol';
import { isRemoteError, RpcError } from './errors.js';
import { dialHandshake } from './handshake/dial-handshake.js';
import { HandshakeWire } from './handshake/handshake-wire.js';
import { checkIdentity, type LocalIdentity } from './identity.js';
import { Link } from './link/link.js';
import type { LinkHandlers } from './link/link-handlers.js';
import { LINK_LIMITS, type LinkLimits } from './link/link-limits.js';

/** What it takes to open a link. */
export interface ConnectLinkParts {
  readonly transports: Transports;
  readonly local: LocalIdentity;
  /** The cluster's token; `null`: none, which only a listener without one accepts. */
  readonly token: string | null;
  readonly handlers: LinkHandlers;
  /** Milliseconds for everything up to an open link, further attempts included. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** May be shared by all links of a process. @defaultValue one of its own */
  readonly codec?: MessageCodec | undefined;
  readonly logger?: Logger | undefined;
  readonly limits?: Partial<LinkLimits> | undefined;
}

// A listener that is busy with strangers is asked again after about this long.
const BUSY_PAUSE_MS = 50;

/**
 * Opens a link to whoever listens at `address`, and proves to each other that both belong to the cluster.
 *
 * @throws {@link RpcError} `GRID_RPC_TIMEOUT`, `GRID_RPC_UNAUTHENTICATED`, `GRID_RPC_VERSION`, `GRID_RPC_ROLE`,
 * `GRID_RPC_BAD_PEER`, `GRID_RPC_CLOSED`; `CommError` if nobody can be reached there; the signal's reason.
 */
export async function connectLink(address: Address, parts: ConnectLinkParts): Promise<Link> {
  checkIdentity(parts.local);
  using deadline = deadlineSignal(parts.deadlineMs, `opening a link to ${address}`, parts.signal);
  const codec = parts.codec ?? new MessageCodec();
  const endsAt = performance.now() + parts.deadlineMs;
  for (;;) {
    try {
      const comm = await connectComm(address, parts, endsAt - performance.now());
      return await openLink(comm, parts, { codec, signal: deadline.signal });
    } catch (error) {
      if (!isBusy(error))
        throw isGridError(error, 'GRID_COMMON_TIMEOUT') ? tooSlow(address, parts.deadlineMs, error) : error;
      await pause(BUSY_PAUSE_MS * (1 + Math.random()), deadline.signal);
    }
  }
}

/** Its own deadline, not the signal of all, since its error then says why nobody was reached. */
function connectComm(address: Address, { transports, signal }: ConnectLinkParts, timeoutMs: number): Promise<Comm> {
  return connect(transports, address, signal === undefined ? { timeoutMs } : { timeoutMs, signal });
}

async function openLink(
  comm: Comm,
  { local, token, handlers, logger = nullLogger, limits }: ConnectLinkParts,
  { codec, signal }: { codec: MessageCodec; signal: AbortSignal },
): Promise<Link> {
  try {
    const wire = new HandshakeWire(comm, codec, signal);
    const peer = await dialHandshake(wire, { local, token });
    comm.setLimits?.(TRUSTED_LIMITS);
    const link = new Link(peer, { ...LINK_LIMITS, ...limits }, { comm, received: wire.received, codec, logger });
    link.start(handlers);
    return link;
  } catch (error) {
    comm.abort(`the handshake failed: ${messageOf(error)}`);
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return isRemoteError(error) && error.code === 'GRID_RPC_BUSY';
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await raceAbort(waited, signal);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(address: Address, deadlineMs: number, cause: unknown): RpcError {
  return new RpcError('GRID_RPC_TIMEOUT', `no link to ${address} within ${String(deadlineMs)} ms`, {
    details: { address, deadlineMs },
    cause,
  });
}
