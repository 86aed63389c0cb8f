import type { MessageWith, Payload, ReplyTo } from '@grid/protocol';

import { ACTOR } from './actor.js';
import type { PendingCall, WaitingCall } from './pending-call.js';

/** Calls through the scheduler that may be under way; more wait here. Schedulers and workers bear a thousand of each peer. */
const CALLS_MAX = 100;

type Relayed = ReplyTo<'relay-actor-call'>;

/** What a relay is given, and what it tells. */
export interface ActorRelayParts {
  /** Has one call handed on; calls arrive in the order in which they are given to it. */
  request(message: MessageWith<'relay-actor-call'>): Promise<Relayed>;
  onReply(call: PendingCall, reply: Relayed): void;
  onFailure(call: PendingCall, error: unknown): void;
}

/** Calls of actors of one worker that cannot be reached, through the scheduler, in the order in which they were made. */
export class ActorRelay {
  readonly #parts: ActorRelayParts;
  readonly #waiting: WaitingCall[] = [];
  #active = 0;

  constructor(parts: ActorRelayParts) {
    this.#parts = parts;
  }

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.#active === 0 && this.#waiting.length === 0;
  }

  /** @param args - not to be changed any more */
  send(call: PendingCall, args: Payload): void {
    if (this.#active < CALLS_MAX) void this.#send(call, args);
    else this.#waiting.push({ call, args });
  }

  async #send(call: PendingCall, args: Payload): Promise<void> {
    const { worker, id: actor } = call.handle[ACTOR];
    const { member, isRead } = call;
    this.#active += 1;
    try {
      const reply = await this.#parts.request({ op: 'relay-actor-call', worker, actor, member, isRead, args });
      this.#parts.onReply(call, reply);
    } catch (error) {
      this.#parts.onFailure(call, error);
    }
    this.#active -= 1;
    const next = this.#takeWanted();
    if (next !== undefined) void this.#send(next.call, next.args);
  }

  /** The next call that somebody still waits for. */
  #takeWanted(): WaitingCall | undefined {
    const index = this.#waiting.findIndex(({ call }) => !call.future.isDone);
    const next = index < 0 ? undefined : this.#waiting[index];
    this.#waiting.splice(0, index < 0 ? this.#waiting.length : index + 1);
    return next;
  }
}
