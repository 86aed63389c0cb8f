import type { AllocateSegment } from '../framing/frame-decoder.js';
import { HANDSHAKE_LIMITS, type CommLimits } from '../limits.js';

/** How a `TcpTransport` treats its comms. */
export interface TcpOptions {
  /**
   * What a peer may send before the owner of the comm calls `setLimits`.
   *
   * Raise it only where nobody unknown can connect. @defaultValue `HANDSHAKE_LIMITS`
   */
  readonly limits?: CommLimits;
  /**
   * Makes the memory for each received payload frame; header frames never come here.
   *
   * Give one that allocates shared memory where several threads read what arrives. Mind that V8 (Node 20 to 24) does not
   * count the bytes of a `SharedArrayBuffer`: it keeps gigabytes of them as garbage, unlike plain ones, until something
   * else makes it collect. An `ArrayBuffer` of the same size that nobody touches, kept as a property of the shared one,
   * makes it count them, and costs address space only.
   *
   * @defaultValue a `Uint8Array` of its own
   */
  readonly allocate?: AllocateSegment;
  /** Milliseconds of silence after which the kernel begins to ask whether the peer is alive. @defaultValue 10 000 */
  readonly keepAliveMs?: number;
  /**
   * Milliseconds that a peer may be silent in the middle of a message; `Infinity` for ever. @defaultValue 60 000
   */
  readonly stallTimeoutMs?: number;
  /**
   * Milliseconds that `close` waits without progress: for the kernel to take what is queued, then for the peer to
   * close as well. Afterwards the line is cut. @defaultValue 5 000
   */
  readonly closeTimeoutMs?: number;
  /** Whether the process stays as long as one of its comms is open, as is usual for sockets. @defaultValue true */
  readonly holdsProcess?: boolean;
}

/** {@link TcpOptions} with every default filled in. */
export type CompleteTcpOptions = Required<Omit<TcpOptions, 'allocate'>> & Pick<TcpOptions, 'allocate'>;

/** Fills in the defaults. */
export function completeTcpOptions(options: TcpOptions): CompleteTcpOptions {
  return {
    limits: HANDSHAKE_LIMITS,
    keepAliveMs: 10_000,
    stallTimeoutMs: 60_000,
    closeTimeoutMs: 5_000,
    holdsProcess: true,
    ...options,
  };
}
