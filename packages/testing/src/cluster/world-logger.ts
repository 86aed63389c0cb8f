import type { LogFields, Logger } from '@grid/common';

import { broken } from '../errors.js';
import { CORE_BROKE } from '../world/breaking-core.js';
import type { SimLoop } from '../host/sim-loop.js';

/** What a process of a world logs: lines go into the trace, and what only a bug makes anybody say ends the world. */
export function worldLogger(loop: SimLoop): Logger {
  const note =
    (level: string) =>
    (fields: LogFields, text: string): void => {
      loop.trace.add(loop.now, loop.current.name, `${level}: ${text}`);
      if (level === 'error' && fields['error'] !== CORE_BROKE)
        loop.fail(broken('X7', `${loop.current.name}: ${text} ${JSON.stringify(fields)}`));
    };
  const logger: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  };
  return logger;
}

/** The same logger for one client, which has something called when it says `text`. */
export function noticing(logger: Logger, text: string, onSaid: () => void): Logger {
  const own: Logger = {
    ...logger,
    info: (fields: LogFields, said: string) => {
      if (said === text) onSaid();
      logger.info(fields, said);
    },
    child: () => own,
  };
  return own;
}
