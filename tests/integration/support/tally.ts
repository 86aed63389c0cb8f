import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Counts from outside what tasks did: each run appends a line to a file. */
export class Tally {
  constructor(readonly file: string) {}

  get lines(): string[] {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').slice(0, -1) : [];
  }

  get count(): number {
    return this.lines.length;
  }
}

/** For tasks: one line more. Short lines of several processes do not mix. */
export function note(file: string, line: string): void {
  appendFileSync(file, `${line}\n`);
}
