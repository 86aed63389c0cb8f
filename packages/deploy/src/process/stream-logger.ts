import type { LogFields, Logger } from '@grid/common';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line a log entry to standard error, where the parent collects it. */
export function createStreamLogger(bindings: LogFields = {}): Logger {
  const write = (level: Level, fields: LogFields, text: string): void => {
    const facts = Object.entries({ ...bindings, ...fields }).map(([name, value]) => ` ${name}=${print(value)}`);
    process.stderr.write(`${new Date().toISOString()} ${level} ${text}${facts.join('')}\n`);
  };
  return {
    // A line per message would drown what matters.
    debug: () => {},
    info: (fields, text) => write('info', fields, text),
    warn: (fields, text) => write('warn', fields, text),
    error: (fields, text) => write('error', fields, text),
    child: (more) => createStreamLogger({ ...bindings, ...more }),
  };
}

function print(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
