import type { OutputSource } from '@grid/protocol';

import { RateLimit } from './rate-limit.js';
import type { OutputMessage } from './thread-messages.js';

/** What is longer is cut, in characters: one row of a message has to hold it. */
const TEXT_LENGTH_MAX = 16 * 1024;

/** What is written without an end of its line is passed on from this length on, in characters. */
const PARTIAL_LENGTH_MAX = 8 * 1024;

/** Characters of one thread. A loop that prints must not keep the cluster busy. */
const RATE = { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 };

/** What a piece costs besides its text, in characters: a million empty lines are much too. */
const PIECE_COST = 64;

/** Whoever writes. */
export interface OutputWriter {
  readonly taskId: number;
  readonly key: string;
}

/** Stands for pieces that were left out. */
export function missedText(count: number): string {
  return `… ${String(count)} pieces of output were left out here: too much was written at once`;
}

/** What is missing up to the end of a line. */
type Partial = Map<OutputSource, string>;

/**
 * Passes on what the tasks of a thread write: piece by piece, at once, in order. A piece is what one call has written, or
 * the whole line where one is written in parts. So nothing waits for a timer while a task keeps the thread, and nothing
 * that was written is lost with the thread.
 */
export class TaskOutput {
  readonly #post: (message: OutputMessage) => void;
  readonly #now: () => number;
  readonly #rate: RateLimit;
  readonly #partials = new Map<OutputWriter, Partial>();
  #missed = 0;

  /** @param now - milliseconds since the epoch */
  constructor(post: (message: OutputMessage) => void, now: () => number) {
    this.#post = post;
    this.#now = now;
    this.#rate = new RateLimit(RATE, now);
  }

  /** A task has written to a stream: whole lines, or parts of one. */
  write(writer: OutputWriter, source: OutputSource, text: string): void {
    const partial = this.#partials.get(writer);
    const whole = (partial?.get(source) ?? '') + text;
    partial?.delete(source);
    if (partial?.size === 0) this.#partials.delete(writer);
    const end = whole.lastIndexOf('\n');
    if (end >= 0) this.say(writer, source, whole.slice(0, end));
    const rest = whole.slice(end + 1);
    if (rest.length > PARTIAL_LENGTH_MAX) this.say(writer, source, rest);
    else if (rest !== '') this.#keep(writer, source, rest);
  }

  /** A task has said something that is whole. */
  say({ taskId, key }: OutputWriter, source: OutputSource, text: string): void {
    if (!this.#rate.take(text.length + PIECE_COST)) {
      this.#missed += 1;
      return;
    }
    const cut = text.length - TEXT_LENGTH_MAX;
    const shown = cut <= 0 ? text : `${text.slice(0, TEXT_LENGTH_MAX)}… (${String(cut)} characters more)`;
    const at = this.#now();
    this.#tellMissed(taskId, key, at);
    this.#post({ kind: 'output', taskId, key, source, at, text: shown });
  }

  /** The task has ended: no end of a line will come. */
  end(writer: OutputWriter): void {
    if (this.#partials.size === 0 && this.#missed === 0) return;
    const partial = this.#partials.get(writer);
    this.#partials.delete(writer);
    for (const [source, text] of partial ?? []) this.say(writer, source, text);
    this.#tellMissed(writer.taskId, writer.key, this.#now());
  }

  #tellMissed(taskId: number, key: string, at: number): void {
    if (this.#missed === 0) return;
    this.#post({ kind: 'output', taskId, key, source: 'warn', at, text: missedText(this.#missed) });
    this.#missed = 0;
  }

  #keep(writer: OutputWriter, source: OutputSource, text: string): void {
    const partial = this.#partials.get(writer) ?? (new Map() as Partial);
    partial.set(source, text);
    this.#partials.set(writer, partial);
  }
}
