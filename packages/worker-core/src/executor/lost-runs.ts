import { formatBytes, messageOf } from '@grid/common';

import { WorkerError } from '../errors.js';
import type { ThreadMemory } from './executor.js';
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

/** What was seen of a thread's memory last, in bytes. */
export interface HeapEvidence extends ThreadMemory {
  readonly heapLimit: number;
}

/** Why a task failed whose thread ended under it. `error`: what nobody caught; `undefined`: the thread was told to exit. */
export function threadLostError(error: unknown, key: string, memory?: HeapEvidence): WorkerError {
  const details = { key };
  if ((error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const limit = memory === undefined || memory.heapLimit === 0 ? '' : ` (${formatBytes(memory.heapLimit)})`;
    const text = `task '${key}' used up the heap of its thread${limit}; make its parts smaller, or raise the memory limit of workers`;
    return new WorkerError('GRID_TASK_OUT_OF_MEMORY', text, { details: { ...details, ...memory } });
  }
  if (error === undefined) {
    return new WorkerError('GRID_WORKER_THREAD_LOST', `task '${key}' ended its thread: it called process.exit`, {
      details,
    });
  }
  const text = `the thread of task '${key}' ended by an error that nobody caught: ${messageOf(error)}`;
  return new WorkerError('GRID_WORKER_THREAD_LOST', text, { details, cause: error });
}
