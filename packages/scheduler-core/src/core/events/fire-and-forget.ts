import { fireAndForget } from '../fire-and-forget.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A client wants tasks done, whatever becomes of its futures and of itself. */
export function onFireAndForget(state: SchedulerState, { client, ids }: StimulusWith<'fire-and-forget'>): void {
  for (let row = 0; row < ids.length; row += 1) {
    const task = client.tasks.get(ids[row] as number);
    if (task !== undefined) fireAndForget(state, task);
  }
}
