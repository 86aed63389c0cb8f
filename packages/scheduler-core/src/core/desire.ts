import { recommend } from './recommend.js';
import type { TaskRecord, Want } from './records.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';
import { addWant } from './wants.js';

/** Notes a want, and tells at once what there is to tell: that it is there already, or has failed. */
export function desire(state: SchedulerState, task: TaskRecord, { client, id }: Want, out: SchedulerOutput): void {
  addWant(task, client, id);
  if (!client.isListening) return;
  if (task.state === STATE.released) recommend(state, task, STATE.waiting);
  else if (task.state === STATE.memory) out.keyInMemory(client, id, task);
  else if (task.state === STATE.erred) out.keyErred(client, id, task);
}
