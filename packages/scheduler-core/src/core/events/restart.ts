import { recommendIfUnneeded } from '../recommend.js';
import type { TaskRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { removeWant } from '../wants.js';

/**
 * All work is given up, whoever wants it, and all data with it. Clients hear that it is cancelled; values that refer to it
 * by key, in queues and the like, stay and lead nowhere.
 */
export function restart(state: SchedulerState, out: SchedulerOutput): void {
  const unwanted: TaskRecord[] = [];
  for (const client of state.clients.values()) {
    for (const [id] of client.tasks.entries()) {
      const task = removeWant(client, id);
      if (task !== undefined && task.wantedBy === null) unwanted.push(task);
      if (client.isListening) out.keyCancelled(client, id, 'restarted');
    }
  }
  // All at once: what one of them no longer needs is not to be started for another that is about to go.
  for (const task of unwanted) recommendIfUnneeded(state, task);
  runTransitions(state, out);
}
