import { ByteSink, type MessageWith, type Payload } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import { ACTOR } from './actor.js';
import type { PendingCall } from './pending-call.js';

/** A message of this size is large enough to pay for itself. */
const BYTES_MAX = 1024 * 1024;

/** About what a call takes besides its arguments, in bytes. */
const ROW_BYTES = 20;

/** Calls that were made one after the other, on their way to one worker. */
export class ActorCallsRun implements MessageRun {
  readonly op = 'actor-calls';
  readonly #args = new ByteSink(256);
  readonly #callIds: number[] = [];
  readonly #actors: number[] = [];
  readonly #members: number[] = [];
  readonly #reads: number[] = [];
  readonly #ends: number[] = [];
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #buffers: { readonly row: number; readonly buffers: readonly Uint8Array[] }[] = [];
  #bufferBytes = 0;

  get byteLength(): number {
    return this.#args.length + this.#bufferBytes + this.#callIds.length * ROW_BYTES;
  }

  get isFull(): boolean {
    return this.byteLength > BYTES_MAX;
  }

  add({ callId, handle, member, isRead }: PendingCall, { body, buffers }: Payload): void {
    if (buffers.length > 0) {
      this.#buffers.push({ row: this.#callIds.length, buffers });
      for (const { byteLength } of buffers) this.#bufferBytes += byteLength;
    }
    this.#callIds.push(callId);
    this.#actors.push(handle[ACTOR].id);
    this.#members.push(this.#numberOf(member));
    this.#reads.push(isRead ? 1 : 0);
    this.#args.append(body);
    this.#ends.push(this.#args.length);
  }

  finish(): MessageWith<'actor-calls'> {
    return {
      op: this.op,
      callIds: this.#callIds,
      actors: this.#actors,
      members: this.#members,
      reads: this.#reads,
      names: this.#names,
      args: { block: this.#args.bytes.subarray(0, this.#args.length), ends: this.#ends, buffers: this.#buffers },
    };
  }

  #numberOf(member: string): number {
    const known = this.#numbers.get(member);
    if (known !== undefined) return known;
    const number = this.#names.push(member) - 1;
    this.#numbers.set(member, number);
    return number;
  }
}
