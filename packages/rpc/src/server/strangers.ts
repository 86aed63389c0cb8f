/** Somebody who has connected and not yet shown who it is. */
export interface Stranger {
  /** The host it comes from. */
  readonly host: string;
  /** Ends its comm, to make room for another one. */
  drop(): void;
}

export interface StrangerLimits {
  /** At a time, from all hosts together. */
  readonly totalMax: number;
  /** At a time, from one host. */
  readonly perHostMax: number;
  /** Milliseconds after which one may be dropped to make room. */
  readonly patienceMs: number;
}

interface Admitted extends Stranger {
  readonly since: number;
}

/**
 * Bounds how many comms may be in their handshake.
 *
 * A handshake takes a few milliseconds, so whoever has been in one for long does not mean to end it: where there is no room,
 * the one that has been there longest makes way, and if that is not long, the newcomer is turned away and may try again.
 */
export class Strangers {
  readonly #limits: StrangerLimits;
  readonly #now: () => number;
  /** In order of arrival. */
  readonly #admitted = new Set<Admitted>();
  readonly #perHost = new Map<string, number>();

  /** @param now - Steady milliseconds. */
  constructor(limits: StrangerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#admitted.size;
  }

  /** Lets one in, and returns what to call when its handshake is over; `undefined`: there is no room. */
  admit(stranger: Stranger): (() => void) | undefined {
    const isHostFull = (this.#perHost.get(stranger.host) ?? 0) >= this.#limits.perHostMax;
    if (isHostFull && !this.#dropOldest(stranger.host)) return undefined;
    if (this.#admitted.size >= this.#limits.totalMax && !this.#dropOldest(undefined)) return undefined;
    const admitted: Admitted = { host: stranger.host, drop: () => stranger.drop(), since: this.#now() };
    this.#admitted.add(admitted);
    this.#perHost.set(stranger.host, (this.#perHost.get(stranger.host) ?? 0) + 1);
    return () => this.#remove(admitted);
  }

  /** Ends all of them. */
  dropAll(): void {
    for (const admitted of [...this.#admitted]) {
      this.#remove(admitted);
      admitted.drop();
    }
  }

  #dropOldest(host: string | undefined): boolean {
    for (const admitted of this.#admitted) {
      if (host !== undefined && admitted.host !== host) continue;
      if (this.#now() - admitted.since < this.#limits.patienceMs) return false;
      this.#remove(admitted);
      admitted.drop();
      return true;
    }
    return false;
  }

  #remove(admitted: Admitted): void {
    if (!this.#admitted.delete(admitted)) return;
    const left = (this.#perHost.get(admitted.host) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(admitted.host);
    else this.#perHost.set(admitted.host, left);
  }
}
