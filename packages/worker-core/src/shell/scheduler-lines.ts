import { isCoordinationCall, type CoordinationAnswer, type CoordinationCall } from '@grid/protocol';
import type { Link } from '@grid/rpc';

/** Hands on what user code and the scheduler say to each other. Each piece of user code that speaks is a party of its own. */
export class SchedulerLines {
  readonly #answer: (owner: number, message: CoordinationAnswer) => void;
  readonly #parties = new Map<number, number>();
  readonly #owners = new Map<number, number>();
  #link: Link | undefined;
  #lastParty = 0;

  constructor(answer: (owner: number, message: CoordinationAnswer) => void) {
    this.#answer = answer;
  }

  open(link: Link): void {
    this.#link = link;
  }

  /** `owner` says something. */
  call(owner: number, message: CoordinationCall): void {
    const link = this.#openLink();
    if (link === undefined || !isCoordinationCall(message) || message.op === 'renew-leases') return;
    link.send({ ...message, party: this.#partyOf(owner) });
  }

  /** The scheduler says something. */
  receive(message: CoordinationAnswer): void {
    const owner = this.#owners.get(message.party);
    if (owner !== undefined) this.#answer(owner, message);
  }

  /** `owner` has ended: what it waited for or held ends with it. */
  end(owner: number): void {
    if (this.#parties.size === 0) return;
    const party = this.#parties.get(owner);
    if (party === undefined) return;
    this.#parties.delete(owner);
    this.#owners.delete(party);
    this.#openLink()?.send({ op: 'end-party', party });
  }

  #partyOf(owner: number): number {
    let party = this.#parties.get(owner);
    if (party === undefined) {
      party = this.#lastParty += 1;
      this.#parties.set(owner, party);
      this.#owners.set(party, owner);
    }
    return party;
  }

  #openLink(): Link | undefined {
    return this.#link === undefined || this.#link.isClosed ? undefined : this.#link;
  }
}
