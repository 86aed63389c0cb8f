import { createDeferred, type Deferred } from '@grid/common';
import type { CoordinationAnswer, UploadTable } from '@grid/protocol';

import type { CallOutcome, FunctionCall } from './executor.js';
import { failureOf } from './failure-of.js';
import { threadLostError } from './lost-runs.js';
import { sendable, sendableFunction, sendableUnit } from './pack-run-message.js';
import type { ThreadLink, ThreadLinkEvents } from './thread-link.js';
import type { ActivitiesMessage, FromThread, LineCallMessage, LogMessage, OutputMessage } from './thread-messages.js';

/** A call that was not answered. */
interface PendingCall {
  readonly name: string;
  readonly outcome: Deferred<CallOutcome>;
}

/** What a call thread tells besides outcomes. */
export interface CallThreadEvents {
  onLog(message: LogMessage): void;
  onOutput(message: OutputMessage): void;
  onActivities(message: ActivitiesMessage): void;
  onLineCall(message: LineCallMessage): void;
  /** A call is over, however it ended. */
  onCallEnd(callId: number): void;
}

/** A thread beside the pool, for functions that are run outside of tasks. Started when first needed. */
export class CallThread {
  readonly #startThread: (events: ThreadLinkEvents) => ThreadLink;
  readonly #pending = new Map<number, PendingCall>();
  readonly #events: CallThreadEvents;
  #link: ThreadLink | undefined;
  #lastId = 0;

  constructor(startThread: (events: ThreadLinkEvents) => ThreadLink, events: CallThreadEvents) {
    this.#startThread = startThread;
    this.#events = events;
  }

  /** @throws the signal's reason; a function that is then still alone in the thread is ended with it */
  async call({ part, units, args }: FunctionCall, signal: AbortSignal): Promise<CallOutcome> {
    signal.throwIfAborted();
    const link = (this.#link ??= this.#start());
    const callId = (this.#lastId += 1);
    const outcome = createDeferred<CallOutcome>();
    this.#pending.set(callId, { name: part.name, outcome });
    const onAbort = (): void => {
      this.#pending.delete(callId);
      if (this.#pending.size === 0) this.#dropThread();
      outcome.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const sentArgs = { body: sendable(args.body), buffers: args.buffers.map(sendable) };
    link.post(
      { kind: 'call', callId, part: sendableFunction(part), units: units.map(sendableUnit), args: sentArgs },
      [],
    );
    try {
      return await outcome.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#events.onCallEnd(callId);
    }
  }

  /** Hands an answer of the scheduler to the function that asked. */
  answerLine(owner: number, message: CoordinationAnswer): void {
    this.#link?.post({ kind: 'line-answer', owner, message }, []);
  }

  /** Tells the thread what has been uploaded; one that is started later is told as it starts. */
  setUploads(table: UploadTable): void {
    this.#link?.post({ kind: 'uploads', table, functions: [] }, []);
  }

  /** Ends the thread; calls under way fail as those of a lost thread do. */
  async close(): Promise<void> {
    const link = this.#link;
    this.#failAll(undefined);
    this.#link = undefined;
    await link?.terminate();
  }

  #start(): ThreadLink {
    const link = this.#startThread({
      onMessage: (message) => {
        if (message.kind === 'called') this.#onCalled(message);
        if (message.kind === 'log') this.#events.onLog(message);
        if (message.kind === 'output') this.#events.onOutput(message);
        if (message.kind === 'activities') this.#events.onActivities(message);
        if (message.kind === 'line-call') this.#events.onLineCall(message);
      },
      onEnd: (error) => {
        if (this.#link !== link) return;
        this.#link = undefined;
        this.#failAll(error);
      },
    });
    return link;
  }

  #onCalled({ callId, value, failure }: Extract<FromThread, { kind: 'called' }>): void {
    const call = this.#pending.get(callId);
    if (call === undefined) return;
    this.#pending.delete(callId);
    if (value !== null) call.outcome.resolve({ value, failure: null });
    else if (failure !== null) call.outcome.resolve({ value: null, failure });
  }

  #dropThread(): void {
    const link = this.#link;
    this.#link = undefined;
    void link?.terminate();
  }

  #failAll(error: unknown): void {
    for (const { name, outcome } of this.#pending.values()) {
      outcome.resolve({ value: null, failure: failureOf(threadLostError(error, name)) });
    }
    this.#pending.clear();
  }
}
