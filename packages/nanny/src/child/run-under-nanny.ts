import { messageOf, type Logger } from '@grid/common';

import { NANNY_EXITS } from '../core/worker-exit.js';
import { NannyError } from '../errors.js';
import type { FromProcess, LaunchMessage, ToProcess, WorkerFacts } from '../process-messages.js';

/** A worker, as far as its process and its nanny are concerned. */
export interface ChildWorker {
  /** Where it logs. */
  readonly logger: Logger;
  /** Joins the cluster. */
  start(): Promise<WorkerFacts>;
  /** Leaves it in order. Idempotent. */
  close(reason: string): Promise<void>;
  /** Settles when it has closed for whatever reason. */
  readonly closed: Promise<ChildEnd>;
}

/** How a worker closed. */
export interface ChildEnd {
  /** What its process exits with: 0 if all was in order, 5 if the scheduler is lost. */
  readonly exitCode: number;
  /** For the log. */
  readonly message: string;
  /** Whether it left to be started anew. @defaultValue false */
  readonly wantsRestart?: boolean;
}

export interface RunUnderNannyOptions {
  /** For what happens before there is a worker. */
  readonly logger: Logger;
  /** What to exit with if the worker could not be made, or did not start. */
  readonly exitCodeOf: (error: unknown) => number;
}

/** A worker that its nanny cannot kill any more ends by itself, if it takes longer than this to leave; in milliseconds. */
const LEAVE_TIMEOUT_MS = 10_000;

/** What a shell gives a program that SIGTERM has ended. */
const EXIT_TERMINATED = 143;

/**
 * Makes this process a worker's, whose parent is a nanny: waits to be told what to be, says when the worker has joined the
 * cluster, and exits with it. When the nanny is gone, however it ended, the worker leaves.
 *
 * @param create - Makes the worker from what the nanny says, and with the name of the nanny to register with.
 * @throws {@link NannyError} `GRID_NANNY_NO_PARENT`
 */
export async function runUnderNanny<Launch>(
  create: (launch: Launch, nannyId: string | null) => ChildWorker,
  { logger, exitCodeOf }: RunUnderNannyOptions,
): Promise<void> {
  if (process.send === undefined) {
    throw new NannyError('GRID_NANNY_NO_PARENT', 'this program is started by a nanny; start grid-worker instead');
  }
  let worker: ChildWorker | null = null;
  let isLeaving = false;
  const leave = (reason: string): void => {
    if (worker === null) process.exit(NANNY_EXITS.done);
    isLeaving = true;
    setTimeout(() => process.exit(NANNY_EXITS.failed), LEAVE_TIMEOUT_MS).unref();
    void worker.close(reason);
  };
  process.on('SIGTERM', () => (isLeaving ? process.exit(EXIT_TERMINATED) : leave('SIGTERM')));
  // A terminal sends this to all processes of its group; the parent decides when the worker ends.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => leave('its nanny is gone'));
  const { launch, nannyId, env } = await new Promise<LaunchMessage>((resolve) => {
    process.on('message', (message: ToProcess) => {
      if (message.kind === 'launch') resolve(message);
      else leave(message.reason);
    });
  });
  Object.assign(process.env, env);
  try {
    // What the nanny's owner and this program have agreed on; nobody else has this channel.
    worker = create(launch as Launch, nannyId);
    const { address, http, id } = await worker.start();
    await say({ kind: 'ready', address, http, id });
  } catch (error) {
    (worker?.logger ?? logger).error({ error: messageOf(error) }, 'worker did not start');
    process.exit(exitCodeOf(error));
  }
  const { exitCode, message, wantsRestart = false } = await worker.closed;
  worker.logger.info({ exitCode, reason: message }, 'worker closed');
  await say({ kind: 'leaving', wantsRestart });
  process.exit(exitCode);
}

/** Resolves when it is on its way, or cannot be. */
async function say(message: FromProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}
