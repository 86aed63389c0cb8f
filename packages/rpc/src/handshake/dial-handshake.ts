import { randomBytes } from 'node:crypto';
import { PROTOCOL_VERSIONS, type MessageWith } from '@grid/protocol';
import { fromFailure } from '../link/failure-message.js';
import { RpcError } from '../errors.js';
import type { LocalIdentity, PeerIdentity } from '../identity.js';
import { checkSide } from './check-side.js';
import { badHandshake, type HandshakeWire } from './handshake-wire.js';
import { isProof, NONCE_BYTES, proofOf, type Transcript } from './proof.js';

/** What either side of a handshake knows beforehand. */
export interface Credentials {
  readonly local: LocalIdentity;
  /** `null`: this side has none, and asks for none. */
  readonly token: string | null;
}

/**
 * The dialing side: says who it is, lets the listener prove the token first, then proves it itself.
 *
 * @throws {@link RpcError} `GRID_RPC_UNAUTHENTICATED`, `GRID_RPC_BAD_PEER`, `GRID_RPC_CLOSED`; {@link RemoteError} with the
 * listener's code, such as `GRID_RPC_VERSION`.
 */
export async function dialHandshake(wire: HandshakeWire, { local, token }: Credentials): Promise<PeerIdentity> {
  const { features = [], role, instanceId, about } = local;
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const range = { versionMin: PROTOCOL_VERSIONS.min, versionMax: PROTOCOL_VERSIONS.max };
  await wire.send({ op: 'hello', ...range, role, instanceId, features, nonce, about });
  const challenge = await wire.receive('challenge', 'refusal');
  if (challenge.op === 'refusal') throw refused(wire, challenge, token);
  checkSide(wire.comm, challenge);
  if (challenge.version < range.versionMin || challenge.version > range.versionMax) {
    throw badHandshake(wire.comm, `chose version ${String(challenge.version)} of the protocol, which was not offered`);
  }
  const dialer = { role, instanceId, features, nonce };
  const transcript: Transcript = { ...range, version: challenge.version, dialer, listener: challenge };
  if (token !== null && !isProof(challenge.proof, proofOf(token, 'listener', transcript))) {
    const hasNone = challenge.proof === null;
    // Our own proof is not for a listener that may be anybody. An empty one lets an honest listener log what happened;
    // one that asks for no token would take it for consent.
    if (!hasNone) await wire.send({ op: 'answer', proof: null });
    await wire.comm.close();
    throw otherToken(wire, hasNone);
  }
  await wire.send({ op: 'answer', proof: token === null ? null : proofOf(token, 'dialer', transcript) });
  const last = await wire.receive('welcome', 'refusal');
  if (last.op === 'refusal') throw refused(wire, last, token);
  return {
    role: challenge.role,
    instanceId: challenge.instanceId,
    address: wire.comm.peerAddress,
    about: challenge.about,
    features: challenge.features,
  };
}

function otherToken({ comm }: HandshakeWire, hasNone: boolean): RpcError {
  const problem = hasNone ? 'has no token, but a token was given' : 'has another token than the one given';
  return new RpcError(
    'GRID_RPC_UNAUTHENTICATED',
    `${comm.peerAddress} ${problem}; check GRID_TOKEN or GRID_TOKEN_FILE on both sides`,
    { details: { peer: comm.peerAddress } },
  );
}

function refused({ comm }: HandshakeWire, refusal: MessageWith<'refusal'>, token: string | null): Error {
  const { code, message } = refusal;
  const details = { ...refusal.details, peer: comm.peerAddress };
  if (code === 'GRID_RPC_UNAUTHENTICATED' && token === null) {
    const hint = 'set GRID_TOKEN, or GRID_TOKEN_FILE to the file that holds it';
    return new RpcError(code, `${comm.peerAddress} asks for a token; ${hint}`, { details });
  }
  return fromFailure({ code, message: `${comm.peerAddress} refused the line: ${message}`, details });
}
