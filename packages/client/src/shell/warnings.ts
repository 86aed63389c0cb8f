import type { LogFields, Logger } from '@grid/common';

/** Something that works, but that a user should know of. */
export interface ClientWarning {
  readonly code: 'GRID_CLIENT_LARGE_CAPTURE' | 'GRID_CLIENT_RECONNECTING';
  /** For a person: what it is about, and what to do. */
  readonly text: string;
  /** For a log: the same text each time. */
  readonly summary: string;
  readonly fields: LogFields;
}

/** Is told of warnings. */
export type Warn = (warning: ClientWarning) => void;

/** Warnings go to the client's logger; without one they are warnings of the process, which Node prints. */
export function warnTo(logger: Logger | undefined): Warn {
  if (logger !== undefined) return ({ code, summary, fields }) => logger.warn({ code, ...fields }, summary);
  return ({ code, text }) => process.emitWarning(text, { type: 'GridWarning', code });
}
