/** Byte strings from this size on travel beside the header of a message: neither side copies them. */
export const SEGMENT_BYTES_MIN = 4096;

/** Longest text of a field, in UTF-16 code units, and longest row of a column of texts, in bytes: 64 Ki. */
export const TEXT_LENGTH_MAX = 64 * 1024;

/** What a message may claim before anything is allocated for it. */
export interface WireLimits {
  /** Nesting of arrays and maps in a header. */
  readonly depthMax: number;
  /** Elements of one array or map. Long columns are not arrays but packed bytes. */
  readonly elementsMax: number;
  /** Messages in one frame. */
  readonly messagesMax: number;
}

/** For peers that have shown the token. */
export const TRUSTED_LIMITS: WireLimits = { depthMax: 48, elementsMax: 1_000_000, messagesMax: 100_000 };

/** For peers about whom nothing is known yet: room for a handshake and no more. */
export const UNTRUSTED_LIMITS: WireLimits = { depthMax: 8, elementsMax: 64, messagesMax: 1 };
