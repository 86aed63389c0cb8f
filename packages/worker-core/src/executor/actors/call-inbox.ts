import type { ActorAbandonMessage, ActorCallsMessage, LineNumber } from './actor-messages.js';
import type { ActorCall } from './live-actor.js';

const NO_BUFFERS: readonly Uint8Array[] = [];

/** Calls of one message, and how far they have been taken. */
interface Batch {
  readonly message: ActorCallsMessage;
  readonly buffers: ReadonlyMap<number, readonly Uint8Array[]> | null;
  row: number;
  /** Calls that were given up before they were taken. */
  abandoned: Set<number> | null;
}

/** A call, and the actor that it is of. */
export interface TakenCall {
  readonly actorId: number;
  readonly call: ActorCall;
  /** Nobody waits for it any more: it is only to be answered. */
  readonly isAbandoned: boolean;
}

/** Calls that have come and have not been taken, in the order in which they came. */
export class CallInbox {
  readonly #batches: Batch[] = [];

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  add(message: ActorCallsMessage): void {
    const { buffers } = message.calls.args;
    const byRow = buffers.length === 0 ? null : new Map(buffers.map((row) => [row.row, row.buffers]));
    if (message.calls.callIds.length > 0) this.#batches.push({ message, buffers: byRow, row: 0, abandoned: null });
  }

  /** The next call; `undefined`: there is none. */
  take(): TakenCall | undefined {
    const [batch] = this.#batches;
    if (batch === undefined) return undefined;
    const { message, row } = batch;
    batch.row += 1;
    if (batch.row === message.calls.callIds.length) this.#batches.shift();
    return takenCall(batch, row);
  }

  /** Marks calls that nobody waits for any more. */
  abandon({ line, callIds }: ActorAbandonMessage): void {
    for (const batch of this.#batches) {
      if (batch.message.line !== line) continue;
      batch.abandoned ??= new Set();
      for (const callId of callIds) batch.abandoned.add(callId);
    }
  }

  /** Takes all calls of a line out. */
  endLine(line: LineNumber): void {
    const kept = this.#batches.filter((batch) => batch.message.line !== line);
    this.#batches.splice(0, this.#batches.length, ...kept);
  }
}

function takenCall({ message, buffers, abandoned }: Batch, row: number): TakenCall {
  const { line, calls } = message;
  const { args } = calls;
  const callId = calls.callIds[row] as number;
  return {
    actorId: calls.actors[row] as number,
    isAbandoned: abandoned?.has(callId) === true,
    call: {
      line,
      callId,
      member: calls.names[calls.members[row] as number] ?? '',
      isRead: calls.reads[row] === 1,
      block: args.block,
      start: row === 0 ? 0 : (args.ends[row - 1] as number),
      end: args.ends[row] as number,
      buffers: buffers?.get(row) ?? NO_BUFFERS,
    },
  };
}
