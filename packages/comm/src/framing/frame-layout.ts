/**
 * How one message lies on the wire; all integers little endian.
 *
 * ```
 * 0   2 bytes  'G' 'D'
 * 2   u8       version of this layout
 * 3   u8       flags; bit 0: goodbye, a message of nothing but this prefix that announces an orderly end
 * 4   u32      H, bytes of the header frame
 * 8   u32      S, number of payload frames (segments)
 * 12  u32      0, reserved
 * 16  S × f64  bytes of each segment; f64, since a segment may outgrow a u32 one day
 * …   H bytes  header, then the S segments one after the other, without padding
 * ```
 */
export const PREFIX_BYTES = 16;
/** Bytes of one entry in the table of segment lengths. */
export const LENGTH_BYTES = 8;
/** `'G'`. */
export const MAGIC_0 = 0x47;
/** `'D'`. */
export const MAGIC_1 = 0x44;
/** The version of the layout that this package reads and writes. */
export const WIRE_VERSION = 1;
/** The sender will send no more, on purpose. Without it, an end of the byte stream means that the peer died. */
export const FLAG_GOODBYE = 1;

/** Bytes before the header of a message with this many segments. */
export function layoutBytes(segments: number): number {
  return PREFIX_BYTES + segments * LENGTH_BYTES;
}
