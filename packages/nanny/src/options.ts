import type { NannyLimits } from './core/nanny-limits.js';
import type { ProcessCommand } from './shell/worker-process.js';

/** How a nanny is set up. */
export interface NannyOptions {
  /** The worker's name, for logs and errors. */
  readonly name: string;
  readonly command: ProcessCommand;
  /** What is done when; what is absent has its default. */
  readonly limits?: Partial<NannyLimits>;
  /**
   * Whether this process stays as long as the worker is there. While a worker starts or ends it does in any case.
   * @defaultValue true
   */
  readonly holdsProcess?: boolean;
  /** Lines of output that are kept, of all lives of the worker together. @defaultValue 10 000 */
  readonly logLinesMax?: number;
}
