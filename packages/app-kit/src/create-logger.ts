import type { LogFields, Logger } from '@grid/common';
import { destination, pino, type Logger as PinoLogger } from 'pino';

/** How much is logged; each level includes those before it. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `text`: a line for people. `json`: one object a line, for log collectors. */
export type LogFormat = 'text' | 'json';

/** A logger that writes to standard error: standard output is for what scripts read. */
export function createLogger(level: LogLevel, format: LogFormat): Logger {
  return format === 'json' ? wrap(pino({ level }, destination({ dest: 2, sync: true }))) : createTextLogger(level, {});
}

function wrap(logger: PinoLogger): Logger {
  return {
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
    child: (bindings) => wrap(logger.child(bindings)),
  };
}

function createTextLogger(level: LogLevel, bindings: LogFields): Logger {
  const shown = LOG_LEVELS.indexOf(level);
  const line =
    (of: LogLevel) =>
    (fields: LogFields, text: string): void => {
      if (LOG_LEVELS.indexOf(of) > shown) return;
      const facts = Object.entries({ ...bindings, ...fields }).map(([name, value]) => ` ${name}=${printFact(value)}`);
      process.stderr.write(`${new Date().toISOString()} ${of.toUpperCase().padEnd(5)} ${text}${facts.join('')}\n`);
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (more) => createTextLogger(level, { ...bindings, ...more }),
  };
}

function printFact(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  // Names come from users, and a terminal obeys control characters.
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f]/g, '?');
}
