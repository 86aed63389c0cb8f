import { runDigest, type MessageWith } from '@grid/protocol';

import type { WorkerState } from './worker-state.js';

/** So many runs are listed at a time, those that were given to this worker first. */
const LISTED_MAX = 20_000;

/** How many runs below a number this worker has not told the end of, and a digest of them. Changes nothing. */
export function countRuns(state: WorkerState, below: number): MessageWith<'runs-counted'> {
  let count = 0;
  let digest = 0;
  for (const task of state.tasks.values()) {
    if (!task.isComputeWanted || task.runId >= below) continue;
    count += 1;
    digest = (digest + runDigest(task.taskId, task.runId)) >>> 0;
  }
  return { op: 'runs-counted', below, count, digest };
}

/** Which runs those are; with too many of them, only those below some smaller number. Changes nothing. */
export function listRuns(state: WorkerState, below: number, max = LISTED_MAX): MessageWith<'runs-listed'> {
  const runs = [...state.tasks.values()].filter(({ isComputeWanted, runId }) => isComputeWanted && runId < below);
  runs.sort((a, b) => a.runId - b.runId);
  const listed = runs.slice(0, max);
  return {
    op: 'runs-listed',
    below,
    until: runs[max]?.runId ?? below,
    taskIds: listed.map(({ taskId }) => taskId),
    runIds: listed.map(({ runId }) => runId),
  };
}

/** Answers either question of the scheduler. */
export function answerAudit(
  state: WorkerState,
  { op, below }: MessageWith<'count-runs' | 'list-runs'>,
): MessageWith<'runs-counted' | 'runs-listed'> {
  return op === 'count-runs' ? countRuns(state, below) : listRuns(state, below);
}
