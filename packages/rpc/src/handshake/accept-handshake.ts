import { randomBytes } from 'node:crypto';
import { commonVersion, PROTOCOL_VERSIONS } from '@grid/protocol';
import { RpcError } from '../errors.js';
import type { PeerIdentity, Role } from '../identity.js';
import { checkSide } from './check-side.js';
import type { Credentials } from './dial-handshake.js';
import type { HandshakeWire } from './handshake-wire.js';
import { isProof, NONCE_BYTES, proofOf } from './proof.js';

export interface AcceptOptions extends Credentials {
  /** Who may come in. */
  readonly roles: readonly Role[];
}

/**
 * The listening side, up to the point where all that is missing is `welcome`.
 *
 * @throws {@link RpcError} `GRID_RPC_VERSION`, `GRID_RPC_UNAUTHENTICATED` (the same for every kind of wrong proof),
 * `GRID_RPC_ROLE`, `GRID_RPC_BAD_PEER`, `GRID_RPC_CLOSED`.
 */
export async function acceptHandshake(
  wire: HandshakeWire,
  { local, token, roles }: AcceptOptions,
): Promise<PeerIdentity> {
  const hello = await wire.receive('hello');
  checkSide(wire.comm, hello);
  const version = commonVersion(PROTOCOL_VERSIONS, { min: hello.versionMin, max: hello.versionMax });
  if (version === undefined) throw noCommonVersion(hello.versionMin, hello.versionMax);
  const { features = [], role, instanceId, about } = local;
  const listener = { role, instanceId, features, nonce: new Uint8Array(randomBytes(NONCE_BYTES)) };
  const transcript = { version, versionMin: hello.versionMin, versionMax: hello.versionMax, dialer: hello, listener };
  const proof = token === null ? null : proofOf(token, 'listener', transcript);
  await wire.send({ op: 'challenge', version, ...listener, proof, about });
  const answer = await wire.receive('answer');
  if (token !== null && !isProof(answer.proof, proofOf(token, 'dialer', transcript))) {
    throw new RpcError('GRID_RPC_UNAUTHENTICATED', 'the token is missing or wrong');
  }
  // Whom this end would take is told to members of the cluster only.
  if (!roles.includes(hello.role)) {
    throw new RpcError('GRID_RPC_ROLE', `a ${role} takes no lines from a ${hello.role}`, {
      details: { role: hello.role, accepted: roles },
    });
  }
  return {
    role: hello.role,
    instanceId: hello.instanceId,
    address: wire.comm.peerAddress,
    about: hello.about,
    features: hello.features,
  };
}

function noCommonVersion(min: number, max: number): RpcError {
  const { min: ourMin, max: ourMax } = PROTOCOL_VERSIONS;
  return new RpcError(
    'GRID_RPC_VERSION',
    `this end speaks versions ${String(ourMin)} to ${String(ourMax)} of the protocol, not ${String(min)} to ${String(max)}; ` +
      'upgrade the older end',
    { details: { listener: { min: ourMin, max: ourMax }, dialer: { min, max } } },
  );
}
