import type { LinkLimits } from '../link/link-limits.js';

/** How a pool spends connections. */
export interface PoolOptions {
  /** Links to one address at a time. A link carries one request at a time. @defaultValue 4 */
  readonly perAddressMax: number;
  /** Links to all addresses together; where there is no room, the one that has been idle longest is closed. @defaultValue 512 */
  readonly totalMax: number;
  /** Milliseconds after which an idle link is closed. @defaultValue 60 000 */
  readonly idleTimeoutMs: number;
  /** Milliseconds for opening a link, further attempts included. @defaultValue 10 000 */
  readonly connectTimeoutMs: number;
  /** Requests that wait for a link to one address; more are refused with `GRID_RPC_BUSY`. @defaultValue 10 000 */
  readonly waitersMax: number;
  readonly limits: Partial<LinkLimits>;
}

export const POOL_OPTIONS: PoolOptions = {
  perAddressMax: 4,
  totalMax: 512,
  idleTimeoutMs: 60_000,
  connectTimeoutMs: 10_000,
  waitersMax: 10_000,
  limits: {},
};
