import type { Payload } from '@grid/protocol';

import type { FutureRecord } from '../core/future-record.js';
import type { Future } from '../future.js';
import type { FutureScope } from '../future-scope.js';
import type { ActorFuture } from './actor-future.js';
import type { ActorHandle } from './actor-handle.js';

/** A call that was made and is not answered. */
export interface PendingCall {
  readonly handle: ActorHandle;
  readonly member: string;
  readonly isRead: boolean;
  readonly future: ActorFuture<unknown>;
  /** What the futures in its result end with. */
  readonly scope: FutureScope | null;
  /** Futures in its arguments, kept until the actor has them. */
  readonly kept: readonly Future<unknown>[];
  /** The actor, which is kept until the call is over. */
  readonly record: FutureRecord;
  /** Whether all that is still so. */
  isHeld: boolean;
  /** Bytes of its arguments. */
  readonly nbytes: number;
  /** The number under which it was sent; -1: it was not, or goes another way. */
  callId: number;
}

/** A call that waits to be sent, with its arguments as they were when it was made. */
export interface WaitingCall {
  readonly call: PendingCall;
  readonly args: Payload;
}

/** Arguments that wait must not change with the caller's memory. */
export function copyOf({ body, buffers }: Payload): Payload {
  return { body: body.slice(), buffers: buffers.map((buffer) => Uint8Array.prototype.slice.call(buffer)) };
}
