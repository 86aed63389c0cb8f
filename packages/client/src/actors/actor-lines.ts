import { isGridError, messageOf } from '@grid/common';
import { ByteSink, ValueEncoder, type MessageWith, type Payload } from '@grid/protocol';

import type { FutureHandle, FutureHost } from '../future-handle.js';
import type { Future } from '../future.js';
import { decodeFailure } from '../operations/task-error.js';
import { ACTOR, type ActorFacts } from './actor.js';
import { ActorFuture } from './actor-future.js';
import { ActorHandle, checkFacts, type ActorCaller } from './actor-handle.js';
import { ActorLine, type Dial } from './actor-line.js';
import { ActorRelay } from './actor-relay.js';
import { lossOf, refuseLostActor } from './actor-loss.js';
import type { ActorParts } from './actor-parts.js';
import { copyOf, type PendingCall, type WaitingCall } from './pending-call.js';

/** A worker that could not be reached is tried again after so many milliseconds; until then calls go through the scheduler. */
const UNREACHABLE_MS = 10_000;

/** Milliseconds that a call through the scheduler may take. */
const RELAY_TIMEOUT_MS = 3_600_000;

/** A task that waits for a call for longer than this leaves its slot to others: what it waits for may need one. Milliseconds. */
const SECEDE_MS = 20;

const NOTHING: Payload = { body: new Uint8Array(0), buffers: [] };
const NO_FUTURES: readonly Future<unknown>[] = [];

/** The calls that one client makes of actors: straight to their workers, and through the scheduler where that cannot be. */
export class ActorLines implements ActorCaller {
  readonly #parts: () => ActorParts;
  readonly #host: FutureHost;
  readonly #dial: Dial;
  readonly #isOfTasks: boolean;
  readonly #lines = new Map<string, ActorLine>();
  /** When workers were found to be out of reach. */
  readonly #unreachable = new Map<string, number>();
  readonly #relays = new Map<string, ActorRelay>();
  readonly #encoder = new ValueEncoder();
  readonly #sink = new ByteSink(1024);
  /** The scheduler has yet to hear of futures in arguments: what is called meanwhile waits as well. */
  #flushing: Promise<void> | null = null;

  constructor(
    parts: () => ActorParts,
    about: { readonly host: FutureHost; readonly dial: Dial; readonly isOfTasks: boolean },
  ) {
    this.#parts = parts;
    this.#host = about.host;
    this.#dial = about.dial;
    this.#isOfTasks = about.isOfTasks;
  }

  /** The handle of an actor, by a future of it and what came with that. */
  handleOf(future: Future<unknown>, facts: unknown): ActorHandle {
    // All futures of this client are handed out by its table.
    return new ActorHandle(this, future as FutureHandle<unknown>, checkFacts(facts));
  }

  call(handle: ActorHandle, member: string, args: readonly unknown[]): ActorFuture<unknown> {
    return this.#make(handle, member, args);
  }

  read(handle: ActorHandle, member: string): ActorFuture<unknown> {
    return this.#make(handle, member, null);
  }

  /** Nothing can be called any more; what is under way fails with `error`. */
  async close(error: unknown): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(
      lines.map(async (line) => {
        const closing = line.close();
        for (const call of await closing) this.#end(call, error);
      }),
    );
  }

  #make(handle: ActorHandle, member: string, args: readonly unknown[] | null): ActorFuture<unknown> {
    const parts = this.#parts();
    parts.assertOpen('call an actor');
    const record = ActorHandle.futureOf(handle).recordFor(this.#host);
    refuseLostActor(record, handle[ACTOR]);
    const kept: Future<unknown>[] = [];
    const payload = args === null || args.length === 0 ? NOTHING : this.#encode(parts, args, kept);
    const nbytes = payload.body.length + payload.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const call: PendingCall = {
      handle,
      member,
      isRead: args === null,
      future: new ActorFuture<unknown>({
        describe: () => describeCall(call),
        onWait: () => this.#onWait(parts),
        abandon: () => this.#abandon(call),
      }),
      scope: parts.ties.scope(),
      kept: kept.length === 0 ? NO_FUTURES : kept,
      nbytes,
      record,
      isHeld: true,
      callId: -1,
    };
    parts.futures.hold(record);
    if (kept.length > 0) this.#flush(parts);
    if (this.#flushing === null) this.#send(call, payload);
    else {
      const copy = copyOf(payload);
      void this.#flushing.then(() => this.#send(call, copy));
    }
    return call.future;
  }

  /** The bytes are good until the next call. */
  #encode(parts: ActorParts, args: readonly unknown[], kept: Future<unknown>[]): Payload {
    const sink = this.#sink;
    sink.reset();
    try {
      const buffers = this.#encoder.encodeInto(sink, args, {
        code: parts.functions.encoder,
        rootName: 'arguments',
        keyOfFuture: (object) => {
          const record = parts.futures.recordOf(object);
          if (record === undefined) return undefined;
          kept.push(parts.futures.handOut(record, null));
          return record.key;
        },
      });
      return { body: sink.bytes.subarray(0, sink.length), buffers };
    } catch (error) {
      for (const future of kept) future.release();
      throw error;
    }
  }

  /** What the actor asks the scheduler for, the scheduler has to have heard of. */
  #flush(parts: ActorParts): void {
    parts.outbox.closeBatch();
    const flushing = Promise.all([this.#flushing, parts.requests.request({ op: 'task-states', ids: [] })]).then(
      () => {},
      // The scheduler is lost; whoever uses the futures hears of that.
      () => {},
    );
    this.#flushing = flushing;
    void flushing.then(() => {
      if (this.#flushing === flushing) this.#flushing = null;
    });
  }

  #send(call: PendingCall, args: Payload): void {
    if (call.future.isDone) {
      this.#release(call);
      return;
    }
    const { worker } = call.handle[ACTOR];
    const relay = this.#relays.get(worker);
    if (relay !== undefined && (!relay.isIdle || this.#isUnreachable(worker))) {
      relay.send(call, copyOf(args));
      return;
    }
    let line = this.#lines.get(worker);
    if (line === undefined || line.isEnded) this.#lines.set(worker, (line = this.#openLine(worker)));
    line.send(call, args);
  }

  #isUnreachable(worker: string): boolean {
    const since = this.#unreachable.get(worker);
    return since !== undefined && performance.now() - since < UNREACHABLE_MS;
  }

  #openLine(worker: string): ActorLine {
    return new ActorLine(worker, this.#dial, {
      onAnswer: (call, answers, row) => this.#onAnswer(call, answers, row),
      onFailure: (call, failure) => void this.#failWith(call, failure),
      onLost: (calls, reason) => {
        for (const call of calls) void this.#lose(call, reason);
      },
      onUnreachable: (waiting) => this.#onUnreachable(worker, waiting),
    });
  }

  #onUnreachable(worker: string, waiting: readonly WaitingCall[]): void {
    this.#unreachable.set(worker, performance.now());
    const relay = this.#relayTo(worker);
    for (const { call, args } of waiting) relay.send(call, args);
  }

  #relayTo(worker: string): ActorRelay {
    let relay = this.#relays.get(worker);
    if (relay === undefined) {
      const parts = this.#parts();
      relay = new ActorRelay({
        // On the control line, which keeps the order in which calls were made.
        request: (message) => parts.requests.request(message, { timeoutMs: RELAY_TIMEOUT_MS }),
        onReply: (call, { value, failure }) => {
          if (failure !== null) void this.#failWith(call, failure);
          else if (value !== null) void this.#succeed(call, value);
        },
        onFailure: (call, error) => {
          if (isGridError(error, 'GRID_ACTOR_LOST')) this.#end(call, error);
          else void this.#lose(call, messageOf(error));
        },
      });
      this.#relays.set(worker, relay);
    }
    return relay;
  }

  #onAnswer(call: PendingCall, { results, failures, held, callIds }: MessageWith<'actor-answers'>, row: number): void {
    const failure = failures.length === 0 ? undefined : failures.find((entry) => entry.row === row)?.failure;
    if (failure !== undefined) {
      void this.#failWith(call, failure);
      return;
    }
    const { opener } = this.#parts();
    const start = row === 0 ? 0 : (results.ends[row - 1] as number);
    const end = results.ends[row] as number;
    const buffers = results.buffers.find((entry) => entry.row === row)?.buffers ?? [];
    const isHeld = held.length > 0 && Array.from(held).includes(callIds[row] as number);
    if (buffers.length === 0 && !isHeld && !opener.hasCode(results.block, start)) {
      this.#release(call);
      try {
        call.future.succeed(opener.openInline(results.block, start, end));
      } catch (error) {
        call.future.fail(error);
      }
      return;
    }
    const payload = { body: results.block.slice(start, end), buffers };
    void this.#succeed(call, payload).then(() => {
      if (isHeld) void this.#confirm(call);
    });
  }

  async #failWith(call: PendingCall, failure: Parameters<typeof decodeFailure>[1]['failure']): Promise<void> {
    const { worker } = call.handle[ACTOR];
    this.#end(call, await decodeFailure(this.#parts().opener, { failure, blame: '', worker }, keyOf(call)));
  }

  async #succeed(call: PendingCall, payload: Payload): Promise<void> {
    const parts = this.#parts();
    this.#release(call);
    try {
      const futureOf = (key: string, facts?: unknown): object => {
        const future = parts.takeUp(key, call.scope);
        return facts === undefined ? future : this.handleOf(future, facts);
      };
      call.future.succeed(await parts.opener.open(payload, undefined, futureOf));
    } catch (error) {
      call.future.fail(error);
    }
  }

  /** The actor keeps what futures in its results stand for until the scheduler knows that they are held here. */
  async #confirm(call: PendingCall): Promise<void> {
    const parts = this.#parts();
    try {
      parts.outbox.closeBatch();
      await parts.requests.request({ op: 'task-states', ids: [] });
    } catch {
      // The scheduler is lost, and with it all that there was to keep.
    }
    this.#lines.get(call.handle[ACTOR].worker)?.confirm(call.callId);
  }

  async #lose(call: PendingCall, reason: string): Promise<void> {
    const { handle, member, record } = call;
    this.#end(call, await lossOf(this.#parts().opener, record, { facts: handle[ACTOR], member, reason }));
  }

  #end(call: PendingCall, error: unknown): void {
    this.#release(call);
    call.future.fail(error);
  }

  /** The call is over: what was kept for it may go. */
  #release(call: PendingCall): void {
    if (!call.isHeld) return;
    call.isHeld = false;
    for (const future of call.kept) future.release();
    this.#parts().futures.releaseRecord(call.record);
  }

  #abandon(call: PendingCall): void {
    this.#release(call);
    this.#lines.get(call.handle[ACTOR].worker)?.abandon(call);
  }

  /** Quick calls are not worth the slot. */
  #onWait({ ties }: ActorParts): () => void {
    if (!this.#isOfTasks) return () => {};
    const timer = setTimeout(() => ties.beforeWait(), SECEDE_MS);
    return () => clearTimeout(timer);
  }
}

function keyOf({ record }: PendingCall): string {
  return record.key;
}

function describeCall(call: PendingCall): string {
  const { className, worker } = call.handle[ACTOR] satisfies ActorFacts;
  return `${className}.${call.member} of ${keyOf(call)} on ${worker}`;
}
