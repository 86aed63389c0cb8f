import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StuckFinding, StuckKind } from './stuck-finding.js';

/** Counts something that waits for nothing, and tells of it. To be called before it is put right. */
export function tellStuck(
  state: SchedulerState,
  kind: StuckKind,
  run: Pick<StuckFinding, 'worker' | 'taskId' | 'runId'>,
  out: SchedulerOutput,
): void {
  state.stuckCounts[kind] += 1;
  out.foundStuck({ kind, ...run, key: state.tasks.get(run.taskId)?.key ?? null });
}
