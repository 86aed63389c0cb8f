/** A place in a text as the runtime gives it: line and column, counted from 0. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A piece of a source, in characters. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The source of a script, and where in it the functions stand that the runtime tells the place of. */
export class ScriptText {
  readonly source: string;
  readonly #startLine: number;
  readonly #startColumn: number;
  #lineStarts: readonly number[] | undefined;

  /**
   * @param start - line and column that the runtime gives to the first character, for whoever compiles part of a file.
   * @defaultValue the beginning of the file
   */
  constructor(source: string, start: TextPlace = { line: 0, column: 0 }) {
    this.source = source;
    this.#startLine = start.line;
    this.#startColumn = start.column;
  }

  /**
   * Finds the whole text of a function. The runtime gives the place of the parameters, which the text begins before.
   *
   * @returns `undefined` where the source does not have it there, such as for a script that another one was made from
   */
  rangeOf(text: string, location: TextPlace): TextRange | undefined {
    const at = this.offsetOf(location);
    if (at === undefined) return undefined;
    const start = this.source.lastIndexOf(text, at);
    return start < 0 || start + text.length < at ? undefined : { start, end: start + text.length };
  }

  /** Characters before a place; `undefined` for lines that the source does not have. */
  offsetOf({ line, column }: TextPlace): number | undefined {
    const row = line - this.#startLine;
    const start = this.#starts()[row];
    if (start === undefined) return undefined;
    return start + (row === 0 ? column - this.#startColumn : column);
  }

  /** The place that has so many characters before it. */
  placeAt(offset: number): TextPlace {
    const starts = this.#starts();
    const row = Math.max(
      0,
      starts.findLastIndex((start) => start <= offset),
    );
    const column = offset - (starts[row] ?? 0);
    return { line: row + this.#startLine, column: row === 0 ? column + this.#startColumn : column };
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= lineStartsOf(this.source);
    return this.#lineStarts;
  }
}

function lineStartsOf(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
