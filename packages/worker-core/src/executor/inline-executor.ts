import { createCodeLoader } from './create-code-loader.js';
import type { Executor } from './executor.js';
import { inlineThreadStarter } from './inline-thread.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';
import type { ThreadPoolOptions } from './thread-pool-options.js';

/**
 * An executor whose threads are this event loop. For tests and for clusters within one process: a task that computes keeps
 * everything else waiting, and cannot be ended.
 */
export function createInlineExecutor(options: ThreadPoolOptions): Executor {
  return new ThreadPoolExecutor(options, { startThread: inlineThreadStarter(createCodeLoader) });
}
