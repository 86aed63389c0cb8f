import { recommend } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';
import { currentRun } from '../current-run.js';

/** A task threw. It is tried again as often as its options allow; an answer to an earlier run is late and says nothing. */
export function taskErred(state: SchedulerState, stimulus: StimulusWith<'task-erred'>, out: SchedulerOutput): void {
  const { worker, failure, startMs, durationMs } = stimulus;
  const task = currentRun(state, stimulus);
  if (task === undefined) return;
  state.taskStream.record(task, worker, { startMs, durationMs, nbytes: 0, typeId: -1 });
  task.graph?.span?.ran(task.group.prefix.name, { startMs, durationMs, nbytes: null }, task.inboundKib * 1024);
  if (task.retriesLeft > 0) {
    task.retriesLeft -= 1;
    recommend(state, task, STATE.waiting);
  } else {
    task.failure = {
      taskId: task.id,
      key: task.key,
      worker: worker.about.address,
      cause: failure,
    };
    recommend(state, task, STATE.erred);
  }
  runTransitions(state, out);
}
