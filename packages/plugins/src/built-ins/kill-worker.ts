import type { Logger } from '@grid/common';

import type { CreateBuiltIn } from '../built-in.js';
import { PluginsError } from '../errors.js';
import { OptionReader } from './read-options.js';

/** How a worker can be ended. */
export interface KillableWorker {
  /** Whether its process is its own, and somebody starts another one. */
  readonly hasNanny: boolean;
  readonly logger: Logger;
  /** Leaves in order, its results moved before, to be started anew. */
  leave(reason: string): void;
}

/**
 * Ends the worker after a time by chance: `delayMs`, the mean; `mode`, `graceful`, `exit` or `kill`. Every worker that comes
 * in its place is ended in the same way.
 */
export function killWorker(worker: KillableWorker): CreateBuiltIn {
  return (options) => {
    const reader = new OptionReader('KillWorker', options);
    const delayMs = reader.positive('delayMs');
    const mode = reader.text('mode');
    if (mode !== 'graceful' && mode !== 'exit' && mode !== 'kill') throw reader.bad('mode', 'graceful, exit or kill');
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      worker.logger.warn({ mode }, 'KillWorker ends this worker');
      if (mode === 'graceful') worker.leave('KillWorker');
      else if (mode === 'exit') process.exit(1);
      else process.kill(process.pid, 'SIGKILL');
    };
    return {
      setup() {
        if (mode !== 'graceful' && !worker.hasNanny) {
          const text = `KillWorker: a worker without a nanny is not ended by '${mode}', its process may be of others as well`;
          throw new PluginsError('GRID_PLUGINS_BAD_OPTION', text, { details: { option: 'mode' } });
        }
        // As accidents come: at any moment as likely as at any other.
        timer = setTimeout(end, -Math.log(1 - Math.random()) * delayMs).unref();
      },
      teardown: () => clearTimeout(timer),
    };
  };
}
