import { recommendIfUnneeded } from './recommend.js';
import { ClientRecord, type TaskRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { addWant, removeWant, wantOf } from './wants.js';

/* A result may have futures in it. What they stand for is kept for as long as the result is. */

/** Has `task` want `others`, from now until its run ends without a result, or its result is let go. */
export function holdForResult(state: SchedulerState, task: TaskRecord, others: readonly TaskRecord[]): void {
  let holder = state.resultHolds.get(task);
  if (holder === undefined) {
    holder = new ClientRecord(state.nextClientId, `the result of ${task.key}`, false);
    state.nextClientId += 1;
    state.clients.set(holder.id, holder);
    state.resultHolds.set(task, holder);
  }
  for (const other of others) {
    if (wantOf(other, holder) >= 0) continue;
    addWant(other, holder, holder.nextId);
    holder.nextId += 1;
  }
}

/** There is no result of `task`, or none any more. */
export function dropResultHold(state: SchedulerState, task: TaskRecord): void {
  const holder = state.resultHolds.get(task);
  if (holder === undefined) return;
  state.resultHolds.delete(task);
  state.clients.delete(holder.id);
  for (const [id] of [...holder.tasks.entries()]) {
    const other = removeWant(holder, id);
    if (other !== undefined) recommendIfUnneeded(state, other);
  }
}
