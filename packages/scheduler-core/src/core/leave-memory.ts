import { forgetHome } from './actors.js';
import { recommend } from './recommend.js';
import type { TaskRecord } from './records.js';
import { membersOf } from './relation.js';
import { removeReplica } from './replicas.js';
import { dropResultHold } from './result-holds.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import { STATE } from './task-state.js';

/** Drops all copies of a result. Dependents that were ready, or run, wait for it again. */
export function leaveMemory(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  forgetHome(task);
  for (const holder of membersOf(task.whoHas)) {
    removeReplica(task, holder);
    out.freeKeys(holder, task.id);
  }
  // Who was asked for a copy says so when it has one and is told then, or finds nobody that has it.
  if (state.acquiring.size > 0) state.acquiring.delete(task);
  if (state.resultHolds.size > 0) dropResultHold(state, task);
  setState(state, task, STATE.released);
  for (const dependent of membersOf(task.dependents)) {
    switch (dependent.state) {
      case STATE.waiting:
        dependent.waitingCount += 1;
        break;
      case STATE.noWorker:
      case STATE.queued:
      case STATE.processing:
        // One that is about to fail, since something else that it needs did, or since it kills workers, is not kept from it.
        if (dependent.failure === null) recommend(state, dependent, STATE.waiting);
        break;
      default:
    }
  }
}
