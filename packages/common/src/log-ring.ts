import type { Clock } from './clock.js';
import type { LogFields, Logger } from './logger.js';

/** How bad it is what a line tells of, from `debug` on. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How bad it is what a line tells of. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of a log. */
export interface KeptLine {
  /** When, in milliseconds since the epoch, on the clock of the process that wrote it. */
  readonly at: number;
  /** A level, or where a process of this process has printed it. */
  readonly source: LogLevel | 'stdout' | 'stderr';
  readonly text: string;
  /** Its facts as JSON; empty if there are none. */
  readonly fields: string;
}

const LINES_MAX = 10_000;
/** Characters of all lines. */
const CHARS_MAX = 4 * 2 ** 20;
const TEXT_MAX = 8192;
const FIELDS_MAX = 4096;

/** Keeps the last lines of a log, within bounds. */
export class LogRing {
  readonly #clock: Clock;
  readonly #linesMax: number;
  readonly #lines: KeptLine[] = [];
  #chars = 0;
  #listener: { readonly hear: (line: KeptLine) => void; readonly level: LogLevel } | null = null;

  /** @param linesMax - the last so many are kept */
  constructor(clock: Clock, linesMax: number = LINES_MAX) {
    this.#clock = clock;
    this.#linesMax = linesMax;
  }

  /** A logger that writes where `logger` does; what it writes is kept, but for `debug`. */
  watch(logger: Logger): Logger {
    return this.#watch(logger, {});
  }

  /** The last lines, the oldest first; all that are kept if `count` is 0. No more than make so many characters. */
  last(count = 0, charsMax = CHARS_MAX): readonly KeptLine[] {
    const least = Math.max(0, this.#lines.length - (count === 0 ? this.#linesMax : Math.min(count, this.#linesMax)));
    let first = this.#lines.length;
    let chars = 0;
    while (first > least) {
      chars += lengthOf(this.#lines[first - 1] as KeptLine);
      if (chars > charsMax) break;
      first -= 1;
    }
    return this.#lines.slice(first);
  }

  /** Keeps a line. */
  add(source: KeptLine['source'], text: string, fields: LogFields = {}): void {
    const isHeard = this.#isHeard(source);
    if (source === 'debug' && !isHeard) return;
    const line = { at: this.#clock.now(), source, text: text.slice(0, TEXT_MAX), fields: jsonOf(fields) };
    if (source !== 'debug') {
      this.#lines.push(line);
      this.#chars += lengthOf(line);
      // Some at a time: to take one from the front of a long list moves all others.
      if (this.#lines.length > this.#linesMax * 1.1) this.#forget(this.#lines.length - this.#linesMax);
      if (this.#chars > CHARS_MAX) this.#forget(Math.ceil(this.#lines.length / 10));
    }
    if (isHeard) this.#listener?.hear(line);
  }

  /** Has `hear` told of all lines from `level` on, in place of who listened before; `null`: nobody listens any more. */
  listen(level: LogLevel | null, hear: (line: KeptLine) => void): void {
    this.#listener = level === null ? null : { hear, level };
  }

  #forget(count: number): void {
    for (const line of this.#lines.splice(0, count)) this.#chars -= lengthOf(line);
  }

  #isHeard(source: KeptLine['source']): boolean {
    if (this.#listener === null || source === 'stdout' || source === 'stderr') return false;
    return LOG_LEVELS.indexOf(source) >= LOG_LEVELS.indexOf(this.#listener.level);
  }

  #watch(logger: Logger, bindings: LogFields): Logger {
    const write =
      (level: LogLevel) =>
      (fields: LogFields, text: string): void => {
        this.add(level, text, { ...bindings, ...fields });
        logger[level](fields, text);
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (more) => this.#watch(logger.child(more), { ...bindings, ...more }),
    };
  }
}

function lengthOf({ text, fields }: KeptLine): number {
  return text.length + fields.length;
}

/** Facts as JSON, also if they are not made for that. */
function jsonOf(fields: LogFields): string {
  if (Object.keys(fields).length === 0) return '';
  try {
    const text = JSON.stringify(fields, (_name, value: unknown) => {
      if (typeof value === 'bigint') return String(value);
      return value instanceof Error ? value.message : value;
    });
    return text.length <= FIELDS_MAX ? text : JSON.stringify({ cut: text.slice(0, FIELDS_MAX / 2) });
  } catch (error) {
    return JSON.stringify({ unreadable: String(error) });
  }
}
