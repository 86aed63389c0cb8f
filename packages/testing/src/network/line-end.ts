import type { Frames } from '@grid/comm';

import type { SimProcess } from '../host/sim-process.js';

/** One end of a line, as the line knows it. */
export interface LineEnd {
  readonly process: SimProcess;
  readonly peer: LineEnd;
  /** Whether this end takes the line for over. */
  readonly isClosed: boolean;
  /** Bytes that have arrived and have not been read. */
  readonly unreadBytes: number;
  /** Whether a send waits for room. */
  readonly isWaiting: boolean;
  /** A message arrives. */
  receive(frames: Frames): void;
  /** The peer sends no more and reads no more, in order. */
  onGoodbye(): void;
  /** The peer has heard that this end closed. */
  onGoodbyeHeard(): void;
  /** The line broke, or the peer is gone. What arrived before can still be read. */
  onBroken(): void;
  /** There may be room for more. */
  checkRoom(): void;
}
