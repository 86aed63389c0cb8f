import type { Address } from '@grid/common';

import type { NannyLimits } from './core/nanny-limits.js';
import type { ProcessCommand } from './shell/worker-process.js';

/** How a nanny reaches its scheduler. */
export interface NannyScheduler {
  /** May still be starting. If it fails the nanny ends with that. */
  readonly address: Promise<Address>;
  readonly token: string | null;
  /** Milliseconds to look for it before giving up. @defaultValue 60 000 */
  readonly connectTimeoutMs?: number;
  /** The same for one in its place, when it is lost; 0: it is not looked for. @defaultValue 60 000 */
  readonly reconnectTimeoutMs?: number;
}

/** How a nanny is set up. */
export interface NannyOptions {
  /** The worker's name, for logs and errors. */
  readonly name: string;
  readonly command: ProcessCommand;
  /**
   * Where the scheduler is to be told what becomes of the worker, and may ask for another one. Without it nobody is told,
   * and the nanny does not end with the scheduler.
   */
  readonly scheduler?: NannyScheduler;
  /** Bytes that the worker may take, for those who are told how it ended. @defaultValue 0: no limit */
  readonly memoryLimit?: number;
  /** Where the worker looks for packages, for plugins that install some. @defaultValue the working directory */
  readonly root?: string;
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
