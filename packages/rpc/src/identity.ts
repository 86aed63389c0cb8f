import { randomUUID } from 'node:crypto';
import { invariant, type Address } from '@grid/common';
import type { Facts } from '@grid/protocol';

/** What a process is in a cluster. */
export type Role = 'client' | 'worker' | 'scheduler' | 'nanny';

/** What a process says about itself when a line opens. */
export interface LocalIdentity {
  readonly role: Role;
  /** Tells this life of the process from any other; see {@link createInstanceId}. At most 256 characters. */
  readonly instanceId: string;
  /** For people and logs: versions, names. At most 16 entries, flat. */
  readonly about: Facts;
  /** Optional abilities, by name; a peer that does not know one ignores it. @defaultValue none */
  readonly features?: readonly string[];
}

/** Who is at the other end of a line. It has shown the token, if one is asked for. */
export interface PeerIdentity {
  readonly role: Role;
  readonly instanceId: string;
  /** Where the line goes to. Of a peer that dialed, this is not where it listens. */
  readonly address: Address;
  readonly about: Facts;
  readonly features: readonly string[];
}

/** A name that no other life of any process has: `worker-3f…`. */
export function createInstanceId(role: Role): string {
  return `${role}-${randomUUID()}`;
}

/** Checks what a process is about to say about itself: peers refuse what is larger. */
export function checkIdentity({ instanceId, about, features = [] }: LocalIdentity): void {
  invariant(instanceId.length > 0 && instanceId.length <= NAME_LENGTH_MAX, `'${instanceId}' is not an instance id`);
  invariant(Object.keys(about).length <= ABOUT_ENTRIES_MAX, 'an identity has at most 16 facts');
  invariant(features.length <= FEATURES_MAX, 'an identity has at most 32 features');
}

export const NAME_LENGTH_MAX = 256;
export const FEATURES_MAX = 32;
const ABOUT_ENTRIES_MAX = 16;
