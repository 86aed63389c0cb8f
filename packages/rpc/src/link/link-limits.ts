/** What one link bears before it is given up or refuses. */
export interface LinkLimits {
  /** Bytes that may wait for a peer that does not read, about. @defaultValue 256 MiB */
  readonly queuedBytesMax: number;
  /** Messages that may wait for a peer that does not read; a run counts as one. @defaultValue 100 000 */
  readonly queuedMessagesMax: number;
  /** Requests of the peer that are under way at a time; more are refused with `GRID_RPC_BUSY`. @defaultValue 1000 */
  readonly incomingRequestsMax: number;
  /** Milliseconds for each of the two steps of `close`: sending what is queued, and closing. @defaultValue 2000 */
  readonly closeTimeoutMs: number;
}

export const LINK_LIMITS: LinkLimits = {
  queuedBytesMax: 256 * 2 ** 20,
  queuedMessagesMax: 100_000,
  incomingRequestsMax: 1000,
  closeTimeoutMs: 2000,
};
