import type { Address } from '@grid/common';
import type { Link } from '../link/link.js';

/** A request that waits for a link. */
export interface Waiter {
  take(link: Link): void;
  fail(error: unknown): void;
}

/** A link that nobody uses at the moment. */
export interface IdleLine {
  readonly link: Link;
  readonly since: number;
}

/** The links of a pool to one address, and who waits for one. Plain book-keeping: it opens and closes nothing. */
export class AddressLines {
  readonly address: Address;
  /** The longest idle first. */
  readonly idle: IdleLine[] = [];
  readonly busy = new Set<Link>();
  readonly waiters = new Set<Waiter>();
  /** Links that are being opened, by what ends the attempt. */
  readonly opening = new Set<AbortController>();

  constructor(address: Address) {
    this.address = address;
  }

  /** Links that exist or soon will. */
  get count(): number {
    return this.idle.length + this.busy.size + this.opening.size;
  }

  get isUnused(): boolean {
    return this.count === 0 && this.waiters.size === 0;
  }

  /** Whether more wait than links are on their way to them. */
  get wantsMore(): boolean {
    return this.waiters.size > this.opening.size;
  }

  /** Gives idle links to those who wait, the latest used link and the longest waiter first. */
  match(): void {
    for (const waiter of this.waiters) {
      const line = this.idle.pop();
      if (line === undefined) return;
      this.waiters.delete(waiter);
      this.busy.add(line.link);
      waiter.take(line.link);
    }
  }

  /** Forgets a link, whatever it was doing; `false`: it was not one of these. */
  forget(link: Link): boolean {
    if (this.busy.delete(link)) return true;
    const at = this.idle.findIndex((line) => line.link === link);
    if (at === -1) return false;
    this.idle.splice(at, 1);
    return true;
  }
}
