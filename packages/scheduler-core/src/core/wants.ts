import type { ClientRecord, TaskRecord } from './records.js';
import type { CancelReason, SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';

/* Which clients want what: the only place that writes it. A client has one number for a task, its latest. */

/** Notes that `client` wants `task`, and calls it `id`. */
export function addWant(task: TaskRecord, client: ClientRecord, id: number): void {
  const before = wantOf(task, client);
  if (before >= 0) client.tasks.delete(before);
  client.tasks.set(id, task);
  if (task.wantedBy === null || task.wantedBy === client) {
    task.wantedBy = client;
    task.wantedId = id;
    return;
  }
  const others = (task.moreWants ?? []).filter((want) => want.client !== client);
  others.push({ client, id });
  task.moreWants = others;
}

/** Notes that `client` does not want what it calls `id`; the task, or `undefined` if there is none. */
export function removeWant(client: ClientRecord, id: number): TaskRecord | undefined {
  const task = client.tasks.get(id);
  if (task === undefined) return undefined;
  client.tasks.delete(id);
  if (task.wantedBy === client) {
    const next = task.moreWants?.shift();
    if (task.moreWants?.length === 0) task.moreWants = null;
    task.wantedBy = next?.client ?? null;
    task.wantedId = next?.id ?? 0;
    return task;
  }
  const others = (task.moreWants ?? []).filter((want) => want.client !== client);
  task.moreWants = others.length === 0 ? null : others;
  return task;
}

/** What `client` calls `task`; -1 if it does not want it. */
export function wantOf(task: TaskRecord, client: ClientRecord): number {
  if (task.wantedBy === client) return task.wantedId;
  return task.moreWants?.find((want) => want.client === client)?.id ?? -1;
}

/** What can be said of a task to those who want it. */
type TaskEffect = 'keyInMemory' | 'keyErred' | 'keyLost' | 'keyRetried';

/** Tells all clients that want `task`. */
export function tellWanters(task: TaskRecord, out: SchedulerOutput, effect: TaskEffect): void {
  const first = task.wantedBy;
  if (first === null) return;
  if (first.isListening) out[effect](first, task.wantedId, task);
  if (task.moreWants === null) return;
  for (const { client, id } of task.moreWants) if (client.isListening) out[effect](client, id, task);
}

/** Takes away all wants of a task, and says why. */
export function cancelWants(state: SchedulerState, task: TaskRecord, out: SchedulerOutput, reason: CancelReason): void {
  for (let client = task.wantedBy; client !== null; client = task.wantedBy) {
    const id = task.wantedId;
    removeWant(client, id);
    if (client.isListening && state.clients.has(client.id)) out.keyCancelled(client, id, reason);
  }
}
