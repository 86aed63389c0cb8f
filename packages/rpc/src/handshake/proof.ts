import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Role } from '../identity.js';

/** What one side said about itself; all of it is covered by both proofs. */
export interface ProvenSide {
  readonly role: Role;
  readonly instanceId: string;
  readonly features: readonly string[];
  readonly nonce: Uint8Array;
}

/** Everything that two peers must agree on when they compare tokens. */
export interface Transcript {
  readonly version: number;
  /** As the dialing side offered them, so that nobody between can force an older one. */
  readonly versionMin: number;
  readonly versionMax: number;
  readonly dialer: ProvenSide;
  readonly listener: ProvenSide;
}

/** Random bytes of each side. Fresh ones in every proof make a recorded handshake worthless. */
export const NONCE_BYTES = 32;

const PROOF_BYTES = 32;

/**
 * Shows that `by` has the token, without showing the token: HMAC-SHA256 over the transcript.
 *
 * The label differs from side to side, so that a side's own proof cannot be sent back to it as the other's.
 */
export function proofOf(token: string, by: 'dialer' | 'listener', transcript: Transcript): Uint8Array {
  const { version, versionMin, versionMax, dialer, listener } = transcript;
  const hmac = createHmac('sha256', token);
  const add = (part: string | Uint8Array): void => {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    // Without its length, the end of one part could be read as the beginning of the next.
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    hmac.update(length).update(bytes);
  };
  add(`grid handshake 1, ${by}`);
  add([version, versionMin, versionMax].join(' '));
  for (const side of [dialer, listener]) {
    add(side.role);
    add(side.instanceId);
    add(String(side.features.length));
    side.features.forEach(add);
    add(side.nonce);
  }
  return new Uint8Array(hmac.digest());
}

/** Compares in constant time; a proof that is absent or of another length is a wrong one. */
export function isProof(given: Uint8Array | null, expected: Uint8Array): boolean {
  return given?.length === PROOF_BYTES && timingSafeEqual(given, expected);
}
