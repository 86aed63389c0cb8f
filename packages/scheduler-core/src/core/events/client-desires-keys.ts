import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { leaveOrphanage } from '../orphans.js';
import { desire } from '../desire.js';

/** A client wants keys that it did not submit. One that nobody submitted cannot be had. */
export function clientDesiresKeys(
  state: SchedulerState,
  { client, ids, keys }: StimulusWith<'client-desires-keys'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < ids.length; row += 1) {
    const id = ids[row] as number;
    if (id >= client.nextId) client.nextId = id + 1;
    const task = state.keys.get(keys.at(row));
    if (task === undefined) out.keyCancelled(client, id, 'unknown-key');
    else {
      desire(state, task, { client, id }, out);
      leaveOrphanage(state, task);
    }
    runTransitions(state, out);
  }
}
