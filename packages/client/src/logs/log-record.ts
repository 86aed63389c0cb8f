import { LOG_LEVELS, type KeptLine, type LogFields, type LogLevel } from '@grid/common';

import { ClientError } from '../errors.js';

/** Something that a scheduler, a worker or a nanny has logged. */
export interface LogRecord {
  /** Milliseconds since the epoch, on the clock of the machine where it was logged. */
  readonly at: number;
  /** Its level; or, at a nanny, where its worker has printed it. */
  readonly source: LogLevel | 'stdout' | 'stderr';
  readonly text: string;
  /** The facts that go with it. */
  readonly fields: LogFields;
}

/** Something that a worker has logged. */
export interface WorkerLogRecord extends LogRecord {
  readonly source: LogLevel;
  /** The worker's address. */
  readonly worker: string;
}

/** Reads a line as it was kept. */
export function logRecordOf({ at, source, text, fields }: KeptLine): LogRecord {
  return { at, source, text, fields: fieldsOf(fields) };
}

/** Stands for lines that are not there. */
export function noteInLog(text: string, fields: LogFields = {}): LogRecord & { readonly source: 'warn' } {
  return { at: Date.now(), source: 'warn', text, fields };
}

/** @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` */
export function checkLevel(level: LogLevel): LogLevel {
  if (LOG_LEVELS.includes(level)) return level;
  throw new ClientError('GRID_CLIENT_BAD_OPTION', `level is one of ${LOG_LEVELS.join(', ')}, not ${String(level)}`, {
    details: { option: 'level' },
  });
}

function fieldsOf(text: string): LogFields {
  if (text === '') return {};
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as LogFields) : {};
  } catch {
    return { unreadable: text };
  }
}
