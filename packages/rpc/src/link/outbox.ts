import { invariant } from '@grid/common';
import type { Envelope, Message, Op } from '@grid/protocol';
import { estimateBytes } from './estimate-bytes.js';
import type { MessageRun } from './link-handlers.js';

/** One place in the queue. Becomes an envelope when its run, if it is one, is finished. */
interface Entry {
  message: Message | undefined;
  readonly run: MessageRun | undefined;
  readonly requestId: number;
  bytes: number;
}

// A header of that many messages is encoded at one go; more would keep the event loop and the reader's memory.
const MESSAGES_PER_FLUSH_MAX = 1024;

/** What waits to be sent, in order. */
export class Outbox {
  #entries: Entry[] = [];
  /** The last entry, as long as it is a run that may grow. */
  #open: Entry | undefined;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** About how many bytes wait: in messages that were pushed as counted, and in runs. */
  get byteLength(): number {
    return this.#bytes + (this.#open?.run?.byteLength ?? 0);
  }

  /** @param isCounted - Whether its size is estimated, which is not free. */
  push(message: Message, requestId: number, isCounted: boolean): void {
    this.#closeRun();
    const bytes = isCounted ? estimateBytes(message) : 0;
    this.#entries.push({ message, run: undefined, requestId, bytes });
    this.#bytes += bytes;
  }

  /** The run at the end of the queue if it has this word and room, else a new one there. */
  openRun<Run extends MessageRun>(op: Op, create: () => Run): Run {
    const last = this.#open?.run;
    // Runs of one word on one link are all made by one owner, with the same class.
    if (last !== undefined && last.op === op && last.isFull !== true) return last as Run;
    this.#closeRun();
    const run = create();
    invariant(run.op === op, `a run of '${op}' says that it is of '${run.op}'`);
    this.#open = { message: undefined, run, requestId: 0, bytes: 0 };
    this.#entries.push(this.#open);
    return run;
  }

  /** Takes messages from the front, as many as belong into one header. */
  take(): Envelope[] {
    const taken = this.#takeEntries();
    for (const entry of taken) {
      if (entry.run !== undefined) entry.message = entry.run.finish();
      this.#bytes -= entry.bytes;
    }
    // Every entry has its message now.
    return taken as Envelope[];
  }

  clear(): void {
    this.#entries = [];
    this.#open = undefined;
    this.#bytes = 0;
  }

  #takeEntries(): Entry[] {
    const entries = this.#entries;
    if (entries.length > MESSAGES_PER_FLUSH_MAX) {
      this.#entries = entries.slice(MESSAGES_PER_FLUSH_MAX);
      return entries.slice(0, MESSAGES_PER_FLUSH_MAX);
    }
    this.#entries = [];
    this.#open = undefined;
    return entries;
  }

  #closeRun(): void {
    if (this.#open === undefined) return;
    this.#open.bytes = this.#open.run?.byteLength ?? 0;
    this.#bytes += this.#open.bytes;
    this.#open = undefined;
  }
}
