import { PlacementRound } from '../memory-manager/placement-round.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** Time to see where copies of results are, and where they should be. Each policy sees what those before it did. */
export function manageMemory(
  state: SchedulerState,
  { policies }: StimulusWith<'manage-memory'>,
  out: SchedulerOutput,
): void {
  const round = new PlacementRound(state, out);
  for (const policy of policies) {
    try {
      policy.run(round);
    } catch (error) {
      // Each of its steps was whole, and those to come were its own affair.
      out.policyFailed(policy.name, error);
    }
  }
}
