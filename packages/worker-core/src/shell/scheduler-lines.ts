import { isCoordinationCall, type CoordinationAnswer, type CoordinationCall } from '@grid/protocol';
import type { Link } from '@grid/rpc';

/** `asked`: not answered yet; `leasing`: the same, of a lease; `leased`: it has the lease. */
type CallState = 'asked' | 'leasing' | 'leased';

/** Hands on what user code and the scheduler say to each other. Each piece of user code that speaks is a party of its own. */
export class SchedulerLines {
  readonly #answer: (owner: number, message: CoordinationAnswer) => void;
  readonly #parties = new Map<number, number>();
  readonly #owners = new Map<number, number>();
  /** By owner and number, what would never be answered if the scheduler went away. */
  readonly #calls = new Map<number, Map<number, CallState>>();
  #link: Link | undefined;
  #lastParty = 0;

  constructor(answer: (owner: number, message: CoordinationAnswer) => void) {
    this.#answer = answer;
  }

  open(link: Link): void {
    this.#link = link;
  }

  /** The scheduler is gone, and all that it kept with it: who waits for something there is told so. */
  lose(): void {
    this.#link = undefined;
    for (const [owner, calls] of this.#calls) {
      for (const [call, state] of calls) {
        if (state === 'leased') this.#answer(owner, { op: 'leases-lost', party: 0, leases: [call] });
        else this.#refuse(owner, call);
      }
    }
    this.#calls.clear();
    this.#parties.clear();
    this.#owners.clear();
  }

  /** `owner` says something. */
  call(owner: number, message: CoordinationCall): void {
    if (!isCoordinationCall(message) || message.op === 'renew-leases') return;
    const link = this.#openLink();
    if (link === undefined) {
      if (isQuestion(message)) this.#refuse(owner, message.call);
      return;
    }
    this.#note(owner, message);
    link.send({ ...message, party: this.#partyOf(owner) });
  }

  /** The scheduler says something. */
  receive(message: CoordinationAnswer): void {
    const owner = this.#owners.get(message.party);
    if (owner === undefined) return;
    if ('call' in message) this.#settle(owner, message);
    this.#answer(owner, message);
  }

  /** `owner` has ended: what it waited for or held ends with it. */
  end(owner: number): void {
    if (this.#parties.size === 0) return;
    const party = this.#parties.get(owner);
    if (party === undefined) return;
    this.#parties.delete(owner);
    this.#owners.delete(party);
    this.#calls.delete(owner);
    this.#openLink()?.send({ op: 'end-party', party });
  }

  #note(owner: number, message: CoordinationCall): void {
    let calls = this.#calls.get(owner);
    if (calls === undefined) this.#calls.set(owner, (calls = new Map<number, CallState>()));
    if (message.op === 'release-lease') calls.delete(message.lease);
    if (isQuestion(message)) calls.set(message.call, message.op === 'acquire-lease' ? 'leasing' : 'asked');
  }

  #settle(owner: number, message: CoordinationAnswer & { readonly call: number }): void {
    const calls = this.#calls.get(owner);
    if (message.op === 'call-answered' && calls?.get(message.call) === 'leasing') calls.set(message.call, 'leased');
    else calls?.delete(message.call);
  }

  #refuse(owner: number, call: number): void {
    this.#answer(owner, {
      op: 'call-failed',
      party: 0,
      call,
      code: 'GRID_WORKER_LOST_SCHEDULER',
      message: 'the scheduler is gone, and with it the locks, queues and other things that it kept',
      details: {},
    });
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

type Question = Exclude<
  CoordinationCall,
  { readonly op: 'end-party' | 'renew-leases' | 'abandon-call' | 'confirm-answer' }
>;

/** Whether it is answered under its number. */
function isQuestion(message: CoordinationCall): message is Question {
  const { op } = message;
  return op !== 'end-party' && op !== 'renew-leases' && op !== 'abandon-call' && op !== 'confirm-answer';
}
