/** How one line treats what is sent over it. */
export interface LineProfile {
  /** Milliseconds from one end to the other, at least. */
  readonly latencyMs: number;
  /** Milliseconds that may come on top, drawn for each message. What was sent later never arrives earlier. */
  readonly jitterMs: number;
  /** Bytes in a millisecond. */
  readonly bytesPerMs: number;
  /** Bytes that may be under way before the sender has to wait. */
  readonly windowBytes: number;
  /** Bytes that may lie unread at the other end before the sender has to wait. */
  readonly unreadBytesMax: number;
}
