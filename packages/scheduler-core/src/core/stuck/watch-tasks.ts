import { recommend } from '../recommend.js';
import type { TaskRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { noteRoom } from '../placement/slots.js';
import { STATE } from '../task-state.js';
import { hasReason } from './has-reason.js';
import { tellStuck } from './tell-stuck.js';

/** Tasks that are looked at between two heartbeats of a worker, by all workers together. */
const LOOKED_AT_MAX = 10_000;

/**
 * Looks at some tasks, others with each heartbeat, for those that nothing keeps in the state that they are in. One that is
 * seen like that again and again is told of, and what becomes of it is decided anew.
 *
 * There are none unless the scheduler has a bug: between two stimuli each task has a reason.
 */
export function watchTasks(state: SchedulerState, out: SchedulerOutput): void {
  const { watch, policy } = state;
  const { suspects } = watch;
  const stuck: TaskRecord[] = [];
  for (const [task, times] of suspects) {
    if (task.state === STATE.forgotten || hasReason(state, task)) suspects.delete(task);
    else if (times + 1 < policy.stuckHeartbeats) suspects.set(task, times + 1);
    else {
      suspects.delete(task);
      stuck.push(task);
    }
  }
  const share = Math.ceil(LOOKED_AT_MAX / Math.max(1, state.workers.length));
  watch.next = state.tasks.visit(watch.next, share, (task) => {
    if (!hasReason(state, task) && !suspects.has(task) && !stuck.includes(task)) suspects.set(task, 1);
  });
  if (stuck.length > 0) decideAnew(state, stuck, out);
}

function decideAnew(state: SchedulerState, stuck: readonly TaskRecord[], out: SchedulerOutput): void {
  for (const task of stuck) {
    tellStuck(state, 'no-reason', { worker: task.processingOn, taskId: task.id, runId: task.runId }, out);
    recommend(state, task, task.state === STATE.released ? STATE.waiting : STATE.released);
  }
  // It may have been missed that there is room.
  for (const worker of state.workers) noteRoom(state, worker);
  runTransitions(state, out);
}
