import type { CoordinationCall, MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { Answer, CallFailure, CoordinationOutput } from '../../core/coordination/coordination-output.js';
import { CoordinationState } from '../../core/coordination/coordination-state.js';
import { createParty, type Party } from '../../core/coordination/party.js';
import type { TopicEvent } from '../../core/coordination/topic-event.js';
import type { Stimulus } from '../../core/stimulus.js';
import { KeyHolds } from './key-holds.js';

/** What the desk has of the server that it is part of. */
export interface DeskContext {
  now(): number;
  stimulate(stimulus: Stimulus): void;
  /** Somebody tells something at a topic. */
  onPublished?(message: MessageWith<'publish-topic'>): void;
}

export interface DeskOptions {
  readonly leaseTimeoutMs: number;
  readonly bytesMax: number;
}

/** Silence is looked for this often within the time that leases last without a word. */
const CHECKS_PER_TIMEOUT = 5;

interface LinkedParty {
  readonly party: Party;
  readonly link: Link;
  /** What the link calls it. */
  readonly number: number;
}

/** Brings calls of clients and tasks to the coordination core, and what it says back to whoever called. */
export class CoordinationDesk implements CoordinationOutput {
  readonly state: CoordinationState;
  readonly holds: KeyHolds;
  readonly #context: DeskContext;
  /** Clients that are silent for longer lose their leases. */
  readonly leaseTimeoutMs: number;
  readonly #byLink = new Map<Link, Map<number, Party>>();
  readonly #parties = new Map<number, LinkedParty>();
  readonly #timer: NodeJS.Timeout;
  #lastId = 0;

  constructor(options: DeskOptions, context: DeskContext) {
    this.#context = context;
    this.leaseTimeoutMs = options.leaseTimeoutMs;
    this.state = new CoordinationState(options.bytesMax, this);
    this.holds = new KeyHolds((stimulus) => context.stimulate(stimulus));
    const checkMs = Math.max(1, options.leaseTimeoutMs / CHECKS_PER_TIMEOUT);
    this.#timer = setInterval(() => this.#expireSilent(), checkMs).unref();
  }

  /** How many are known that have called. */
  get size(): number {
    return this.#parties.size;
  }

  /** Takes what came over a link. */
  take(link: Link, message: CoordinationCall): void {
    if (message.op === 'end-party') {
      this.#end(link, message.party);
    } else if (message.op === 'renew-leases') {
      for (const party of this.#byLink.get(link)?.values() ?? []) party.heardAt = this.#context.now();
    } else {
      if (message.op === 'publish-topic') this.#context.onPublished?.(message);
      this.state.take(this.#partyOf(link, message.party), message, this.#context.now());
    }
  }

  /** Ends all who called over a link that is gone. */
  leave(link: Link): void {
    for (const number of [...(this.#byLink.get(link)?.keys() ?? [])]) this.#end(link, number);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  answer({ id }: Party, call: number, answer: Answer): void {
    const { value = 0, texts = [], values = [], times = null, data = null } = answer;
    const target = this.#target(id);
    target?.link.send({ op: 'call-answered', party: target.number, call, value, texts, values, times, data });
  }

  fail({ id }: Party, call: number, { code, message }: CallFailure): void {
    const target = this.#target(id);
    target?.link.send({ op: 'call-failed', party: target.number, call, code, message, details: {} });
  }

  abandoned({ id }: Party, call: number): void {
    const target = this.#target(id);
    target?.link.send({ op: 'call-abandoned', party: target.number, call });
  }

  leasesLost({ id }: Party, leases: readonly number[]): void {
    const target = this.#target(id);
    target?.link.send({ op: 'leases-lost', party: target.number, leases });
  }

  topicMessage({ id }: Party, name: string, { at, payload }: TopicEvent): void {
    const target = this.#target(id);
    target?.link.send({ op: 'topic-message', party: target.number, name, at, payload });
  }

  hold(keys: readonly string[]): number {
    return this.holds.hold(keys);
  }

  release(hold: number): void {
    this.holds.release(hold);
  }

  #target(partyId: number): LinkedParty | undefined {
    const target = this.#parties.get(partyId);
    return target === undefined || target.link.isClosed ? undefined : target;
  }

  #partyOf(link: Link, number: number): Party {
    let parties = this.#byLink.get(link);
    if (parties === undefined) this.#byLink.set(link, (parties = new Map<number, Party>()));
    let party = parties.get(number);
    if (party === undefined) {
      const id = (this.#lastId += 1);
      // Workers vouch for their tasks; a worker that is silent is given up altogether.
      party = createParty(id, link.peer.role === 'client', this.#context.now());
      parties.set(number, party);
      this.#parties.set(id, { party, link, number });
    }
    return party;
  }

  #end(link: Link, number: number): void {
    const parties = this.#byLink.get(link);
    const party = parties?.get(number);
    if (party === undefined) return;
    parties?.delete(number);
    if (parties?.size === 0) this.#byLink.delete(link);
    this.#parties.delete(party.id);
    this.state.end(party);
  }

  #expireSilent(): void {
    const now = this.#context.now();
    for (const { party } of this.#parties.values()) this.state.expire(party, now, this.leaseTimeoutMs);
  }
}
