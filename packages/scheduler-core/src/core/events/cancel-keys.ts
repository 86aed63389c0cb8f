import { dependentsOf, type ClientRecord, type TaskRecord } from '../records.js';
import { recommendIfUnneeded } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { cancelWants, removeWant, wantOf } from '../wants.js';

/**
 * A client gives tasks up, and with them all that it wants of what depends on them; with `force`, nobody gets them. A
 * task that another client wants goes on for that one.
 */
export function cancelKeys(
  state: SchedulerState,
  { client, ids, force }: StimulusWith<'cancel-keys'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < ids.length; row += 1) {
    const task = client.tasks.get(ids[row] as number);
    if (task === undefined) continue;
    for (const doomed of downstreamOf(task, client, force)) cancelOne(state, doomed, { client, force }, out);
    runTransitions(state, out);
  }
}

/** The task and, if nobody else wants it, those that depend on it, and so on: the last ones first. */
function downstreamOf(task: TaskRecord, client: ClientRecord, force: boolean): TaskRecord[] {
  const found = new Set([task]);
  for (const each of found) {
    const isOnlyOurs = each.moreWants === null && (each.wantedBy === null || each.wantedBy === client);
    if (!force && !isOnlyOurs) continue;
    for (const dependent of dependentsOf(each)) found.add(dependent);
  }
  return [...found].reverse();
}

function cancelOne(
  state: SchedulerState,
  task: TaskRecord,
  { client, force }: { readonly client: ClientRecord; readonly force: boolean },
  out: SchedulerOutput,
): void {
  if (force) cancelWants(state, task, out, 'cancelled');
  else {
    const id = wantOf(task, client);
    if (id >= 0) {
      removeWant(client, id);
      out.keyCancelled(client, id, 'cancelled');
    }
  }
  recommendIfUnneeded(state, task);
}
