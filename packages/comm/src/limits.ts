/**
 * How much of a peer's data one comm accepts, and keeps for a reader that is slow.
 *
 * All sizes are in bytes. A message is one header frame and any number of payload frames (segments).
 */
export interface CommLimits {
  /** Greatest header frame. */
  readonly headerBytesMax: number;
  /** Greatest number of payload frames in a message. */
  readonly segmentsMax: number;
  /** Greatest payload frame. A typed array of Node 20 holds at most 4 GiB. */
  readonly segmentBytesMax: number;
  /** Greatest message: its layout, header and payload together. */
  readonly messageBytesMax: number;
  /** The peer has to wait once this much lies here unread. One greater message is still accepted. */
  readonly queuedBytesMax: number;
  /** The peer has to wait once this many messages lie here unread. */
  readonly queuedMessagesMax: number;
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/**
 * For a peer that has not yet proved who it is: enough for a handshake, too little to hurt.
 *
 * Every comm of tcp begins with these. The owner raises them with `comm.setLimits?.(TRUSTED_LIMITS)`.
 */
export const HANDSHAKE_LIMITS: CommLimits = {
  headerBytesMax: 64 * KIB,
  segmentsMax: 16,
  segmentBytesMax: 64 * KIB,
  messageBytesMax: 128 * KIB,
  queuedBytesMax: 256 * KIB,
  queuedMessagesMax: 32,
};

/** For a peer that belongs to the cluster. It may send whatever fits a typed array. */
export const TRUSTED_LIMITS: CommLimits = {
  headerBytesMax: 64 * MIB,
  segmentsMax: 65_536,
  segmentBytesMax: 2 ** 32 - 1,
  messageBytesMax: 8 * GIB,
  queuedBytesMax: 64 * MIB,
  queuedMessagesMax: 1024,
};
