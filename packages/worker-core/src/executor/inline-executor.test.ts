import { createTextCodeLoader } from '../testing/text-code-loader.js';
import { describeExecutorCompliance } from '../testing/executor-compliance.js';
import { inlineThreadStarter } from './inline-thread.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

describeExecutorCompliance(
  'an executor on this event loop',
  async () =>
    new ThreadPoolExecutor(
      { threads: 1, root: process.cwd() },
      { startThread: inlineThreadStarter(() => createTextCodeLoader()) },
    ),
);
