import { hasSupply } from '../placement/resources.js';
import { wakeUnrunnable } from '../placement/wake-unrunnable.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { wasAskedFor } from '../stealing/was-asked-for.js';
import type { StimulusWith } from '../stimulus.js';

/**
 * A worker has other amounts of resources from now on. Tasks that wait for some may run; what asks for more than there is now
 * and has not begun is taken back, and waits for a worker that has it. What runs, runs on.
 *
 * @source dask.distributed `Scheduler.add_resources`
 */
export function setResources(
  state: SchedulerState,
  { worker, resources }: StimulusWith<'set-resources'>,
  out: SchedulerOutput,
): void {
  const changed = new Map(worker.resources);
  for (const [name, amount] of resources) {
    if (amount === 0) changed.delete(name);
    else changed.set(name, amount);
  }
  worker.resources = changed;
  for (const task of worker.processing) {
    const wanted = task.graph?.options.resources ?? null;
    if (wanted === null || hasSupply(worker, wanted) || task.isLongRunning || wasAskedFor(state, task)) continue;
    state.steals.set(task, { victim: worker, thief: null, runId: task.runId, askedAt: state.cause.at });
    out.stealTask(worker, task);
  }
  wakeUnrunnable(state);
  runTransitions(state, out);
}
