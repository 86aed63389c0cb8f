import type { Comm } from '@grid/comm';
import { FEATURES_MAX, NAME_LENGTH_MAX } from '../identity.js';
import { badHandshake } from './handshake-wire.js';
import { NONCE_BYTES, type ProvenSide } from './proof.js';

/** Checks what the message definitions leave open in what a stranger says about itself. */
export function checkSide(comm: Comm, { nonce, instanceId, features }: ProvenSide): void {
  if (nonce.length !== NONCE_BYTES) throw badHandshake(comm, `sent a nonce of ${String(nonce.length)} bytes`);
  if (instanceId.length === 0 || instanceId.length > NAME_LENGTH_MAX) throw badHandshake(comm, 'sent no instance id');
  if (features.length > FEATURES_MAX || features.some((feature) => feature.length > NAME_LENGTH_MAX)) {
    throw badHandshake(comm, 'names too many features');
  }
}
