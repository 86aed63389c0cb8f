/** What stands before a message on the wire: see `docs/wire.md`. */
export interface PrefixParts {
  readonly version?: number;
  readonly flags?: number;
  readonly headerBytes?: number;
  readonly segments?: readonly number[];
  /** The number of segments to claim, where it is not the true one. */
  readonly segmentCount?: number;
}

/** The bytes of a prefix with its table of lengths, which need not be true. */
export function prefix({ version = 1, flags = 0, headerBytes = 0, segments = [], segmentCount }: PrefixParts): Buffer {
  const bytes = Buffer.alloc(16 + segments.length * 8);
  bytes.write('GD', 0, 'latin1');
  bytes.writeUInt8(version, 2);
  bytes.writeUInt8(flags, 3);
  bytes.writeUInt32LE(headerBytes, 4);
  bytes.writeUInt32LE(segmentCount ?? segments.length, 8);
  segments.forEach((length, index) => bytes.writeDoubleLE(length, 16 + index * 8));
  return bytes;
}

/** A whole message whose header is `header`. */
export function messageOf(header: Uint8Array): Buffer {
  return Buffer.concat([prefix({ headerBytes: header.length }), header]);
}
