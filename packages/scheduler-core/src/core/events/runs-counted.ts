import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { endQuestion, isSameCount } from '../stuck/audit-runs.js';
import { NO_RUNS } from '../stuck/run-audit.js';

/** A worker says how much it has to compute. It may differ for a moment; if it does for long, it is asked what that is. */
export function runsCounted(_state: SchedulerState, stimulus: StimulusWith<'runs-counted'>): void {
  const { worker, below } = stimulus;
  if (!endQuestion(worker, below)) return;
  const { audit } = worker;
  audit.differences = isSameCount(worker, stimulus) ? 0 : audit.differences + 1;
  audit.suspects = NO_RUNS;
}
