import type { RunningService } from '@grid/app-kit';
import { isGridError, type Logger } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { Nanny, workerEnvironment, type RunningWorker } from '@grid/nanny';

import { preload } from './preload.js';
import { lifetimeOf } from './lifetime-of.js';
import { terminateBytesOf } from './memory-options-of.js';
import type { WorkerArguments } from './options.js';
import { workerOptionsOf } from './worker-options-of.js';

/** Starts a worker in a process of its own, and keeps one there. */
export async function startNanny(args: WorkerArguments, logger: Logger): Promise<RunningService> {
  // What is wrong with the flags is said here, once.
  lifetimeOf(args);
  const {
    name = 'worker',
    memoryLimit,
    schedulerAddress,
    token,
    connectTimeoutMs,
    reconnectTimeoutMs,
    root,
  } = workerOptionsOf(args);
  const nanny = new Nanny(
    {
      name,
      command: {
        entry: new URL('./worker-process.js', import.meta.url),
        env: { ...process.env, ...workerEnvironment(process.env) },
      },
      scheduler: {
        address: Promise.resolve(schedulerAddress),
        token,
        ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
        ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
      },
      memoryLimit,
      ...(root !== undefined && { root }),
      limits: { memoryBytesMax: terminateBytesOf(args, memoryLimit), jitter: Math.random() },
      // Whoever collects the output of this process has all of it already.
      logLinesMax: 100,
    },
    {
      logger,
      transports: new Transports([new TcpTransport()]),
      launch: async () => args,
      onOutput: (stream, text) => void process[stream].write(text),
    },
  );
  // A second signal ends this process at once; its worker is not to stay and leave in its own time.
  process.once('exit', () => nanny.kill());
  const preloads = await preload(nanny, args['preload-nanny'], { args, logger });
  try {
    const worker = await nanny.start();
    if (args['print-address-json']) printAddress(worker);
  } catch (error) {
    // The worker has said why, and its exit code says it once more.
    if (!isGridError(error, 'GRID_NANNY_START_FAILED')) throw error;
  }
  const ended = nanny.closed.then(async ({ code }) => {
    await preloads.teardown(nanny);
    return code;
  });
  return { close: () => nanny.close().then(() => preloads.teardown(nanny)), ended };
}

function printAddress({ address, http, id, pid }: RunningWorker): void {
  process.stdout.write(`${JSON.stringify({ address, http, id, pid, nannyPid: process.pid })}\n`);
}
