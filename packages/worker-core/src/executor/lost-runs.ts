import { messageOf } from '@grid/common';

import { WorkerError } from '../errors.js';
import type { PoolThread, Run } from './pool-thread.js';

/** What a thread that is gone leaves behind. */
export interface LostRuns {
  /** Whose fault it was, as far as anybody can tell. */
  readonly culprit: Run | undefined;
  /** Had begun, and are to be run again. */
  readonly begun: readonly Run[];
  /** Had not begun. */
  readonly recalled: readonly Run[];
}

/** Takes all runs out of a thread that is gone. What kept the thread at its end is to blame, or the only one that waited. */
export function takeLostRuns(thread: PoolThread): LostRuns {
  const current = thread.current();
  const recalled = thread.recall();
  const left = [...thread.runs.values()];
  for (const run of left) thread.release(run);
  const culprit = current ?? (left.length === 1 ? left[0] : undefined);
  return { culprit, begun: left.filter((run) => run !== culprit), recalled };
}

/** Why a task failed whose thread ended under it. `error`: what nobody caught; `undefined`: the thread was told to exit. */
export function threadLostError(error: unknown, key: string): WorkerError {
  const details = { key };
  if ((error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const text = `task '${key}' used up the memory of its thread; make its parts smaller, or raise the heap limit of threads`;
    return new WorkerError('GRID_WORKER_OUT_OF_MEMORY', text, { details });
  }
  if (error === undefined) {
    return new WorkerError('GRID_WORKER_THREAD_LOST', `task '${key}' ended its thread: it called process.exit`, {
      details,
    });
  }
  const text = `the thread of task '${key}' ended by an error that nobody caught: ${messageOf(error)}`;
  return new WorkerError('GRID_WORKER_THREAD_LOST', text, { details, cause: error });
}
