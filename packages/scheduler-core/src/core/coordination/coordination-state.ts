import type { CoordinationCall } from '@grid/protocol';

import { Budget } from './budget.js';
import type { CoordinationOutput } from './coordination-output.js';
import { Datasets } from './datasets.js';
import { Events } from './events.js';
import { Leases } from './leases.js';
import { Metadata } from './metadata.js';
import type { Party } from './party.js';
import { Queues } from './queues.js';
import { ValueKeeper } from './stored-value.js';
import { Topics } from './topics.js';
import { Variables } from './variables.js';

/** What may be told to the core: all calls but those that are about a line as a whole. */
export type PartyCall = Exclude<CoordinationCall, { readonly op: 'end-party' | 'renew-leases' }>;

/**
 * The names at which clients and tasks meet, and who waits for or holds what.
 *
 * Whatever a party waits for or holds ends with it. Values stay: they were given away.
 */
export class CoordinationState {
  readonly budget: Budget;
  readonly events: Events;
  readonly leases: Leases;
  readonly queues: Queues;
  readonly variables: Variables;
  readonly topics: Topics;
  readonly datasets: Datasets;
  readonly metadata: Metadata;
  readonly #out: CoordinationOutput;

  /** @param bytesMax - how many bytes may lie at names, about */
  constructor(bytesMax: number, out: CoordinationOutput) {
    this.#out = out;
    this.budget = new Budget(bytesMax);
    const keeper = new ValueKeeper(this.budget, out);
    this.events = new Events(this.budget, out);
    this.leases = new Leases(out);
    this.queues = new Queues(keeper, this.budget, out);
    this.variables = new Variables(keeper, this.budget, out);
    this.topics = new Topics(this.budget, out);
    this.datasets = new Datasets(keeper, this.budget, out);
    this.metadata = new Metadata(this.budget, out);
  }

  /** Takes a call. */
  take(party: Party, message: PartyCall, now: number): void {
    party.heardAt = now;
    const { call } = message;
    if (message.op !== 'abandon-call' && message.op !== 'confirm-answer' && isInUse(party, call)) {
      const text = `the call ${String(call)} is under way already`;
      return this.#out.fail(party, call, { code: 'GRID_SCHEDULER_BAD_REQUEST', message: text });
    }
    switch (message.op) {
      case 'event-set':
        return this.events.set(party, call, message.name);
      case 'event-clear':
        return this.events.clear(party, call, message.name);
      case 'event-wait':
        return this.events.wait(party, call, message.name);
      case 'event-is-set':
        return this.events.isSet(party, call, message.name);
      case 'acquire-lease':
        return this.leases.acquire(party, call, message);
      case 'release-lease':
        return this.#out.answer(party, call, { value: this.leases.release(party, message.lease) ? 1 : 0 });
      case 'count-leases':
        return this.#out.answer(party, call, { value: this.leases.held(message.name) });
      case 'queue-put':
        return this.queues.put(party, call, message);
      case 'queue-get':
        return this.queues.get(party, call, message);
      case 'queue-return':
        return this.queues.putBack(party, call, message.name, message.values);
      case 'queue-size':
        return this.#out.answer(party, call, { value: this.queues.length(message.name) });
      case 'queue-close':
        return this.queues.close(party, call, message.name);
      case 'variable-set':
        return this.variables.set(party, call, message.name, message.value);
      case 'variable-get':
        return this.variables.get(party, call, message.name);
      case 'variable-delete':
        return this.variables.delete(party, call, message.name);
      case 'publish-topic':
        return this.topics.publish(party, call, message.name, {
          at: now,
          payload: message.payload,
          keep: message.keep,
        });
      case 'subscribe-topic':
        return this.topics.subscribe(party, call, message.name);
      case 'unsubscribe-topic':
        return this.topics.unsubscribe(party, call, message.name);
      case 'read-topic':
        return this.topics.read(party, call, message.name);
      case 'list-topics':
        return this.topics.list(party, call);
      case 'publish-dataset':
        return this.datasets.publish(party, call, message);
      case 'get-dataset':
        return this.datasets.get(party, call, message.name);
      case 'list-datasets':
        return this.datasets.list(party, call);
      case 'unpublish-dataset':
        return this.datasets.unpublish(party, call, message.name);
      case 'set-metadata':
        return this.metadata.set(party, call, message.path, message.data);
      case 'get-metadata':
        return this.metadata.get(party, call, message.path);
      case 'abandon-call':
        return this.#abandon(party, call);
      case 'confirm-answer':
        return this.#confirm(party, call);
    }
  }

  /** Ends all that a party waits for and holds. */
  end(party: Party): void {
    this.topics.end(party);
    // The newest first: whoever leaves a line makes room only for those behind, and these are not to be served any more.
    for (const wait of [...party.waits.values()].reverse()) {
      party.waits.delete(wait.call);
      wait.leave();
    }
    for (const lease of [...party.leases.values()]) this.leases.drop(lease);
    for (const call of [...party.unconfirmed.keys()]) this.#confirm(party, call);
  }

  /** Takes its leases from a party that has been silent for too long. It may call on; what it held others may hold. */
  expire(party: Party, now: number, leaseTimeoutMs: number): void {
    if (!party.mayExpire || party.leases.size === 0 || now - party.heardAt <= leaseTimeoutMs) return;
    const leases = [...party.leases.values()];
    this.#out.leasesLost(
      party,
      leases.map(({ call }) => call),
    );
    for (const lease of leases) this.leases.drop(lease);
  }

  #abandon(party: Party, call: number): void {
    const wait = party.waits.get(call);
    // It was answered, and the answer is on its way.
    if (wait === undefined) return;
    party.waits.delete(call);
    this.#out.abandoned(party, call);
    wait.leave();
  }

  #confirm(party: Party, call: number): void {
    const holds = party.unconfirmed.get(call) ?? [];
    party.unconfirmed.delete(call);
    for (const hold of holds) this.#out.release(hold);
  }
}

function isInUse({ waits, leases, unconfirmed }: Party, call: number): boolean {
  return waits.has(call) || leases.has(call) || unconfirmed.has(call);
}
