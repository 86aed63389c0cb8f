import { recommendIfUnneeded } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { removeWant } from '../wants.js';

/** A client is gone, and with it all that it wanted. */
export function removeClient(
  state: SchedulerState,
  { client }: StimulusWith<'remove-client'>,
  out: SchedulerOutput,
): void {
  state.clients.delete(client.id);
  for (const [id] of client.tasks.entries()) {
    const task = removeWant(client, id);
    if (task !== undefined) recommendIfUnneeded(state, task);
    runTransitions(state, out);
  }
}
