import { recommendIfUnneeded } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { removeWant } from '../wants.js';

/** A client does not want these any more. Numbers that it has been told are cancelled may be among them. */
export function clientReleasesKeys(
  state: SchedulerState,
  { client, ids }: StimulusWith<'client-releases-keys'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < ids.length; row += 1) {
    const task = removeWant(client, ids[row] as number);
    if (task === undefined) continue;
    recommendIfUnneeded(state, task);
    runTransitions(state, out);
  }
}
