/** Facts of one log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where log lines go; the shape is pino's. Text is constant and serves as the search key, facts are fields.
 * Never user data, arguments or secrets.
 */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
  /** A logger that adds `bindings` to each of its lines. */
  child(bindings: LogFields): Logger;
}

/** Says nothing. */
export const nullLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => nullLogger,
};
