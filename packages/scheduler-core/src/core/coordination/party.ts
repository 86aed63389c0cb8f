/** Somebody who calls: a client, or a task of a worker. */
export interface Party {
  readonly id: number;
  /** Whether silence ends its leases: so for clients. For tasks their worker vouches, whose own silence ends it. */
  readonly mayExpire: boolean;
  /** When anything was heard of it last, in milliseconds since the epoch. */
  heardAt: number;
  /** Its calls that wait, by their number; what each does when nobody waits any more. */
  readonly waits: Map<number, Wait>;
  /** Its leases, by the number of the call that got them. */
  readonly leases: Map<number, Lease>;
  /** Holds of tasks in answers that it has not confirmed, by the number of the call. */
  readonly unconfirmed: Map<number, readonly number[]>;
}

/** A call that waits for something. */
export interface Wait {
  readonly party: Party;
  readonly call: number;
  /** Takes it off the list it stands in. It is not answered. */
  leave(): void;
}

/** The right to be one of those who hold each of some names. */
export interface Lease {
  readonly party: Party;
  readonly call: number;
  readonly names: readonly string[];
}

/** Makes the record of a party that has just called for the first time. */
export function createParty(id: number, mayExpire: boolean, now: number): Party {
  return { id, mayExpire, heardAt: now, waits: new Map(), leases: new Map(), unconfirmed: new Map() };
}
