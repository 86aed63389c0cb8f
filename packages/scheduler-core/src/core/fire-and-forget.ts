import { ClientRecord, type TaskRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';
import { addWant, removeWant, wantOf } from './wants.js';

/* Tasks that are computed to their end though nobody may be left who asked for them. */

/** Has the scheduler itself want `task`, until it is over. */
export function fireAndForget(state: SchedulerState, task: TaskRecord): void {
  if (task.state === STATE.memory || task.state === STATE.erred) return;
  state.forgetful ??= addForgetful(state);
  const client = state.forgetful;
  if (wantOf(task, client) >= 0) return;
  addWant(task, client, client.nextId);
  client.nextId += 1;
}

/** `task` is over. The caller sees to what follows from that. */
export function forgetFired({ forgetful }: SchedulerState, task: TaskRecord): void {
  if (forgetful === null) return;
  const id = wantOf(task, forgetful);
  if (id >= 0) removeWant(forgetful, id);
}

function addForgetful(state: SchedulerState): ClientRecord {
  const client = new ClientRecord(state.nextClientId, 'fire-and-forget', false);
  state.nextClientId += 1;
  state.clients.set(client.id, client);
  return client;
}
