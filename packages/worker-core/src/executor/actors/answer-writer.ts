import { ByteSink, ValueEncoder, type CodeEncoder, type EncodeOptions, type Payload } from '@grid/protocol';

import { failureOf } from '../failure-of.js';
import { allocateShared } from '../../store/shared-bytes.js';
import type { KeyOfFuture } from '../result-writer.js';
import type { ActorAnswersMessage, LineNumber } from './actor-messages.js';

type Answers = ActorAnswersMessage['answers'];

/** A block of answers as large as this goes at once. */
const BLOCK_BYTES_MAX = 256 * 1024;

const NO_FUTURES: readonly object[] = [];

/** What was written, and what in it has to be kept until the caller has it. */
export interface WrittenAnswer {
  /** Futures and handles in it. If there are any, it was not added: the scheduler has to hear of them first. */
  readonly futures: readonly object[];
  readonly payload: Payload | null;
}

const ADDED: WrittenAnswer = { futures: NO_FUTURES, payload: null };

/** Collects what came of calls of one line until it is sent. */
export class AnswerWriter {
  readonly #line: LineNumber;
  readonly #code: CodeEncoder;
  readonly #options: EncodeOptions;
  readonly #encoder = new ValueEncoder();
  readonly #sink = new ByteSink(1024);
  #futures: object[] = [];
  #callIds: number[] = [];
  #ends: number[] = [];
  #buffers: { readonly row: number; readonly buffers: readonly Uint8Array[] }[] = [];
  #failures: Answers['failures'][number][] = [];
  #held: number[] = [];

  constructor(line: LineNumber, code: CodeEncoder, keyOfFuture: KeyOfFuture) {
    this.#line = line;
    this.#code = code;
    this.#options = {
      code,
      rootName: 'result',
      futureFix: 'return one of getClient() in this actor, or what it stands for: await its result()',
      keyOfFuture: (future) => {
        const key = keyOfFuture(future);
        if (key !== undefined) this.#futures.push(future);
        return key;
      },
    };
  }

  get isFull(): boolean {
    return this.#sink.length > BLOCK_BYTES_MAX;
  }

  /** Adds a result, unless there are futures in it, or what became of it if it cannot be sent. */
  addResult(callId: number, value: unknown): WrittenAnswer {
    const start = this.#sink.length;
    if (this.#futures.length > 0) this.#futures = [];
    let buffers: readonly Uint8Array[];
    try {
      buffers = this.#encoder.encodeInto(this.#sink, value, this.#options);
    } catch (error) {
      this.addFailure(callId, error);
      return ADDED;
    }
    // The actor may change its memory before this leaves.
    const own = buffers.length === 0 ? buffers : buffers.map(copyShared);
    if (this.#futures.length > 0) {
      const body = Uint8Array.prototype.slice.call(this.#sink.bytes, start, this.#sink.length);
      this.#sink.length = start;
      return { futures: this.#futures, payload: { body, buffers: own } };
    }
    this.#close(callId, own);
    return ADDED;
  }

  /** Adds a result that was encoded before, whose futures are kept until the caller has confirmed that it has them. */
  addHeld(callId: number, { body, buffers }: Payload): void {
    this.#sink.append(body);
    this.#held.push(callId);
    this.#close(callId, buffers);
  }

  addFailure(callId: number, thrown: unknown): void {
    this.#failures.push({ row: this.#callIds.length, failure: failureOf(thrown, this.#code) });
    this.#close(callId, []);
  }

  /** Takes everything that was collected. */
  take(): ActorAnswersMessage | undefined {
    if (this.#callIds.length === 0) return undefined;
    const answers: Answers = {
      callIds: Uint32Array.from(this.#callIds),
      results: { block: this.#sink.copy(), ends: Uint32Array.from(this.#ends), buffers: this.#buffers },
      failures: this.#failures,
      held: this.#held,
    };
    this.#sink.reset();
    this.#callIds = [];
    this.#ends = [];
    this.#buffers = [];
    this.#failures = [];
    this.#held = [];
    return { kind: 'actor-answers', line: this.#line, answers };
  }

  #close(callId: number, buffers: readonly Uint8Array[]): void {
    if (buffers.length > 0) this.#buffers.push({ row: this.#callIds.length, buffers });
    this.#callIds.push(callId);
    this.#ends.push(this.#sink.length);
  }
}

/** A copy that is nobody else's, in memory that moves to the main side for nothing. */
function copyShared(bytes: Uint8Array): Uint8Array {
  const copy = allocateShared(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
