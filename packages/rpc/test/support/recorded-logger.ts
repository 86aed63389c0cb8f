import type { LogFields, Logger } from '@grid/common';

export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly text: string;
}

/** Keeps all lines, for tests to look at. */
export class RecordedLogger implements Logger {
  readonly lines: Line[] = [];

  debug(fields: LogFields, text: string): void {
    this.lines.push({ level: 'debug', fields, text });
  }

  info(fields: LogFields, text: string): void {
    this.lines.push({ level: 'info', fields, text });
  }

  warn(fields: LogFields, text: string): void {
    this.lines.push({ level: 'warn', fields, text });
  }

  error(fields: LogFields, text: string): void {
    this.lines.push({ level: 'error', fields, text });
  }

  child(): Logger {
    return this;
  }

  at(level: Line['level']): Line[] {
    return this.lines.filter((line) => line.level === level);
  }
}
