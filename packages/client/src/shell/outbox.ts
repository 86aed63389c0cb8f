import type { MessageWith, Op } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import type { SubmissionLog } from '../core/submission-log.js';
import type { FunctionTable, KeptFunction } from './function-table.js';
import { GraphBatch, type GraphOptions } from './graph-batch.js';
import type { LateLink } from './late-link.js';

/** A batch is sent when it has this many rows, so that the scheduler starts on it while the next is encoded. */
const BATCH_ROWS_MAX = 20_000;

/** A batch is sent when its arguments have this many bytes. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** While there is no scheduler: the next one is told what is so then, and not how it came about. */
const SAID_BY_STATE: ReadonlySet<Op> = new Set<Op>(['cancel-keys', 'retry-keys', 'desire-keys', 'release-functions']);

/** Ids to be told to the scheduler, batched for as long as no other message comes between. */
class ReleaseRun implements MessageRun {
  readonly op = 'release-keys';
  readonly #ids: number[] = [];

  add(id: number): void {
    this.#ids.push(id);
  }

  finish(): MessageWith<'release-keys'> {
    return { op: 'release-keys', ids: this.#ids };
  }
}

/**
 * What a client has to say to its scheduler, in order.
 *
 * Tasks that are submitted within one turn of the event loop travel together; everything else that is said closes the
 * batch first, so that nothing overtakes anything.
 */
export class Outbox {
  readonly #link: LateLink;
  readonly #parentId: () => number | null;
  readonly #functions: FunctionTable;
  readonly #log: SubmissionLog<KeptFunction> | null;
  #batch: GraphBatch | null = null;
  #nextGraphId = 0;
  #isFlushing = false;
  #isTrimming = false;

  /**
   * @param parentId - the scheduler's id of the task that submits something now; `null` if no task does
   * @param log - what may have to be submitted again is noted there
   */
  constructor(
    link: LateLink,
    functions: FunctionTable,
    parentId: () => number | null,
    log: SubmissionLog<KeptFunction> | null = null,
  ) {
    this.#link = link;
    this.#log = log;
    this.#functions = functions;
    this.#parentId = parentId;
  }

  /** The open batch for tasks with these options, whose next row is to have the client id `nextId`. */
  batchFor(options: GraphOptions, optionsKey: string, nextId: number): GraphBatch {
    const open = this.#batch;
    if (
      open !== null &&
      open.optionsKey === optionsKey &&
      open.parentId === this.#parentId() &&
      open.rows < BATCH_ROWS_MAX &&
      open.args.length < BATCH_BYTES_MAX &&
      open.firstId + open.rows === nextId
    ) {
      return open;
    }
    this.closeBatch();
    const batch = this.newBatch(options, nextId, optionsKey);
    this.#batch = batch;
    if (!this.#isFlushing) {
      this.#isFlushing = true;
      queueMicrotask(() => {
        this.#isFlushing = false;
        this.closeBatch();
      });
    }
    return batch;
  }

  /** A batch of the caller's own, for {@link Outbox.sendBatch}. */
  newBatch(options: GraphOptions, firstId: number, optionsKey = ''): GraphBatch {
    const graphId = this.#nextGraphId;
    this.#nextGraphId += 1;
    return new GraphBatch({ graphId, firstId, options, optionsKey, parentId: this.#parentId() });
  }

  /** Sends a batch behind everything that was said before. */
  sendBatch(batch: GraphBatch): void {
    this.closeBatch();
    const link = this.#link;
    // While there is no scheduler it is noted only: all of that is submitted to the next.
    const isSent = !link.isClosed && !link.isAway;
    if (batch.rows > 0 && (isSent || this.#log !== null)) {
      const message = batch.toMessage((fn, introduction) => {
        if (isSent) this.#functions.introduce(fn, introduction);
      });
      this.#log?.add(message, this.#keepFunctions(batch));
      if (isSent) link.send(message);
    }
    if (this.#functions.isOverfull) this.#trimSoon();
  }

  /** Sends the open batch, if there is one. */
  closeBatch(): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    this.sendBatch(batch);
  }

  /** Batches are made and sent within one turn, so after it none refers to a function that may have to go. */
  #trimSoon(): void {
    if (this.#isTrimming) return;
    this.#isTrimming = true;
    queueMicrotask(() => {
      this.#isTrimming = false;
      this.closeBatch();
      const functionIds = this.#functions.trim();
      const link = this.#link;
      if (functionIds.length > 0 && !link.isClosed && !link.isAway) link.send({ op: 'release-functions', functionIds });
    });
  }

  /** Tells the scheduler that nobody here holds `id` any more. */
  release(id: number): void {
    this.closeBatch();
    this.#log?.release(id);
    const link = this.#link;
    if (!link.isClosed && !link.isAway) link.openRun('release-keys', () => new ReleaseRun()).add(id);
  }

  /** Sends any other message. */
  send(message: MessageWith<Exclude<Op, 'update-graph' | 'release-keys'>>): void {
    this.closeBatch();
    if (this.#link.isAway && SAID_BY_STATE.has(message.op)) return;
    this.#link.send(message);
  }

  #keepFunctions(batch: GraphBatch): KeptFunction[] {
    const kept: KeptFunction[] = [];
    for (const fn of batch.functions) {
      const entry = this.#functions.keep(fn);
      if (entry !== undefined) kept.push(entry);
    }
    return kept;
  }
}
