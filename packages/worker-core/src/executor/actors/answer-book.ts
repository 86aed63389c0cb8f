import type { CodeEncoder } from '@grid/protocol';

import type { TaskThread } from '../task-thread.js';
import type { ActorAnswersMessage, LineNumber } from './actor-messages.js';
import { AnswerWriter } from './answer-writer.js';
import type { ActorCall } from './live-actor.js';

/** What came of the calls of all lines, and futures in it that are kept until the callers have taken them up. */
export class AnswerBook {
  readonly #code: CodeEncoder;
  readonly #thread: TaskThread;
  readonly #post: (message: ActorAnswersMessage) => void;
  readonly #writers = new Map<LineNumber, AnswerWriter>();
  readonly #held = new Map<LineNumber, Map<number, readonly object[]>>();
  #isFlushDue = false;
  readonly #onTurnEnd = (): void => {
    this.#isFlushDue = false;
    this.flush();
  };

  constructor(code: CodeEncoder, thread: TaskThread, post: (message: ActorAnswersMessage) => void) {
    this.#code = code;
    this.#thread = thread;
    this.#post = post;
  }

  succeed({ line, callId }: ActorCall, value: unknown): void {
    const writer = this.#writerOf(line);
    const { futures, payload } = writer.addResult(callId, value);
    if (payload !== null) {
      this.#hold(line, callId, futures);
      // Who gets them asks the scheduler for them, which has to have heard of them by then.
      this.#thread.flush().then(
        () => {
          this.#writerOf(line).addHeld(callId, payload);
          this.flushSoon();
        },
        (error: unknown) => {
          this.#held.get(line)?.delete(callId);
          this.#writerOf(line).addFailure(callId, error);
          this.flushSoon();
        },
      );
    }
    if (writer.isFull) this.flush();
  }

  fail({ line, callId }: ActorCall, error: unknown): void {
    this.#writerOf(line).addFailure(callId, error);
  }

  /** The caller has the futures in these results itself; `null`: it is gone. */
  confirm(line: LineNumber, callIds: readonly number[] | null): void {
    if (callIds === null) {
      this.#writers.delete(line);
      this.#held.delete(line);
      return;
    }
    const held = this.#held.get(line);
    for (const callId of callIds) held?.delete(callId);
  }

  /** Sends what there is. */
  flush(): void {
    for (const writer of this.#writers.values()) {
      const message = writer.take();
      if (message !== undefined) this.#post(message);
    }
  }

  /** The same, after all that settles in this turn of the event loop. */
  flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(this.#onTurnEnd);
  }

  #hold(line: LineNumber, callId: number, futures: readonly object[]): void {
    let held = this.#held.get(line);
    if (held === undefined) this.#held.set(line, (held = new Map<number, readonly object[]>()));
    held.set(callId, futures);
  }

  #writerOf(line: LineNumber): AnswerWriter {
    let writer = this.#writers.get(line);
    if (writer === undefined) {
      writer = new AnswerWriter(line, this.#code, (future) => this.#thread.keyOfFuture(future));
      this.#writers.set(line, writer);
    }
    return writer;
  }
}
