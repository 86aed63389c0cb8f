/** Lines that are longer are cut. */
const LINE_LENGTH_MAX = 8192;

/** Where a line was printed. */
type Stream = 'stdout' | 'stderr';

/** The last lines that processes have printed, within bounds. */
export class LogTail {
  readonly #linesMax: number;
  readonly #lines: string[] = [];
  readonly #onLine: (stream: Stream, line: string) => void;

  /** @param onLine - is told of each line as it is complete */
  constructor(linesMax: number, onLine: (stream: Stream, line: string) => void = () => {}) {
    this.#linesMax = linesMax;
    this.#onLine = onLine;
  }

  /** Oldest first. The same array all the time. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(text: string, stream: Stream = 'stdout'): void {
    const line = text.slice(0, LINE_LENGTH_MAX);
    this.#lines.push(line);
    this.#onLine(stream, line);
    // A tenth at a time: to take one from the front of a long list moves all others.
    if (this.#lines.length > this.#linesMax) this.#lines.splice(0, Math.ceil(this.#linesMax / 10));
  }

  /** A function that takes text as it comes, in pieces, and adds its lines. What was cut off is added by `flush`. */
  reader(stream: Stream = 'stdout'): { read(text: string): void; flush(): void } {
    let rest = '';
    return {
      read: (text) => {
        const lines = (rest + text).split('\n');
        rest = (lines.pop() ?? '').slice(0, LINE_LENGTH_MAX);
        for (const line of lines) this.add(line, stream);
      },
      flush: () => {
        if (rest !== '') this.add(rest, stream);
        rest = '';
      },
    };
  }
}
