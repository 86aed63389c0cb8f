import { formatBytes, messageOf } from '@grid/common';

import { WorkerError } from '../../errors.js';
import type { HeapEvidence } from '../lost-runs.js';

const NEXT_STEP = 'submit it again to have a new one';

/** Why a call cannot be taken: the actor was let go, or lost, before it came. */
export function lostActorError(worker: string): WorkerError {
  return new WorkerError('GRID_ACTOR_LOST', `the actor is not on ${worker} any more; ${NEXT_STEP}`, {
    details: { worker },
  });
}

/** What becomes of a call that was given up before it began. Nobody is there to read it. */
export function abandonedError(member: string): WorkerError {
  return new WorkerError('GRID_WORKER_TASK_STOPPED', `the call of '${member}' was given up before it began`);
}

/** Why the actors of a thread are gone. `error`: what nobody caught; `undefined`: the thread was told to exit. */
export function lostThreadError(key: string, worker: string, error: unknown, memory: HeapEvidence): WorkerError {
  const details = { key, worker };
  const isFull = (error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const limit = memory.heapLimit === 0 ? '' : ` (${formatBytes(memory.heapLimit)})`;
  const why = isFull
    ? `used up its heap${limit}`
    : error === undefined
      ? 'was ended by process.exit'
      : `ended by an error that nobody caught: ${messageOf(error)}`;
  return new WorkerError(
    'GRID_ACTOR_LOST',
    `the actor ${key} is lost: its thread on ${worker} ${why}. What it knew is lost with it; ${NEXT_STEP}`,
    { details: isFull ? { ...details, ...memory } : details, cause: error },
  );
}
