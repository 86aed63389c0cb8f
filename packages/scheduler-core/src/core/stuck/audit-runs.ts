import { runDigest } from '@grid/protocol';

import type { WorkerRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { NO_RUNS } from './run-audit.js';

/** An answer that is not there after so many heartbeats does not come: it is asked again. */
const PATIENCE = 20;

/** Milliseconds until a worker is asked again, for each task that it knows of: to look at one takes a thousandth of that. */
const PAUSE_MS_PER_TASK = 0.05;

/** A worker has told that it lives: time to ask what it has to compute, if it is to compute anything. */
export function auditRuns(state: SchedulerState, worker: WorkerRecord, hasRuns: boolean, out: SchedulerOutput): void {
  const { audit } = worker;
  const below = audit.mark;
  audit.mark = state.nextRunId;
  if (!worker.about.countsRuns || below === 0) return;
  if (audit.asked !== 0) {
    audit.beats += 1;
    if (audit.beats < PATIENCE) return;
  }
  if (state.cause.at < audit.nextAt) return;
  if (worker.processing.length === 0 && !hasRuns) {
    audit.differences = 0;
    audit.suspects = NO_RUNS;
    return;
  }
  audit.asked = below;
  audit.beats = 0;
  const known = worker.processing.length + worker.held.length + worker.replicas.size;
  audit.nextAt = state.cause.at + known * PAUSE_MS_PER_TASK;
  // The last two of so many are lists: what stands in both is stuck.
  if (audit.differences < state.policy.stuckHeartbeats - 2) out.countRuns(worker, below);
  else out.listRuns(worker, below);
}

/** Whether the worker counts the same as the scheduler. */
export function isSameCount(
  { processing }: WorkerRecord,
  { below, count, digest }: { readonly below: number; readonly count: number; readonly digest: number },
): boolean {
  let ownCount = 0;
  let ownDigest = 0;
  for (const { id, runId } of processing) {
    if (runId >= below) continue;
    ownCount += 1;
    ownDigest = (ownDigest + runDigest(id, runId)) >>> 0;
  }
  return ownCount === count && ownDigest === digest;
}

/** Takes an answer; `false` if it is to an older question. */
export function endQuestion({ audit }: WorkerRecord, below: number): boolean {
  if (audit.asked !== below) return false;
  audit.asked = 0;
  return true;
}
