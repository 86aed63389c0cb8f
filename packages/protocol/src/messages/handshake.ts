import { defineMessage } from './define-message.js';
import { bytes, facts, id, list, oneOf, optional, prose, text } from './fields.js';

/** What a peer is; who may ask what depends on it. */
export const roleField = oneOf(['client', 'worker', 'scheduler', 'nanny']);

/** The first message of the side that dialed. `nonce` is fresh, 32 random bytes. */
export const hello = defineMessage('hello', 200, {
  /** The oldest and the newest protocol version that this side speaks. */
  versionMin: id,
  versionMax: id,
  role: roleField,
  instanceId: text,
  features: list(text),
  nonce: bytes,
  about: facts,
});

/** The answer of the side that listens: the version to speak, and its own nonce; with a token, proof that it has it. */
export const challenge = defineMessage('challenge', 201, {
  version: id,
  role: roleField,
  instanceId: text,
  features: list(text),
  nonce: bytes,
  /** `null`: this side asks for no token. */
  proof: optional(bytes),
  about: facts,
});

/** The dialing side's proof that it has the token; `null` if none is asked for. */
export const answer = defineMessage('answer', 202, { proof: optional(bytes) });

/** The line is open. */
export const welcome = defineMessage('welcome', 203, {});

/** The line will not be opened. `code` is a `GRID_RPC_*` code. */
export const refusal = defineMessage('refusal', 204, { code: text, message: prose, details: facts });

/** A request failed. */
export const failure = defineMessage('failure', 205, { code: text, message: prose, details: facts });

/** Nothing to say; the line lives. */
export const keepAlive = defineMessage('keep-alive', 206, {});
