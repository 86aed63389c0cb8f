import { addTask } from '../add-task.js';
import { desire } from '../desire.js';
import { dropOrphan } from '../orphans.js';
import { isNamed } from '../placement/restrictions.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * A client has data for workers: makes tasks that are plain data and notes who shall have them. They are in memory when
 * a worker says so. A key that is a task of another kind is left to be computed.
 */
export function planScatter(state: SchedulerState, stimulus: StimulusWith<'plan-scatter'>, out: SchedulerOutput): void {
  const { client, ids, keys, sizes, workers: names } = stimulus;
  const workers = state.workers.filter(
    (worker) => worker.status === 'running' && (names.length === 0 || isNamed(worker, names)),
  );
  for (let row = 0; row < ids.length; row += 1) {
    const id = ids[row] as number;
    if (id >= client.nextId) client.nextId = id + 1;
    const key = keys.at(row);
    if (state.orphans !== null) dropOrphan(state, key, out);
    let task = state.keys.get(key);
    if (task === undefined) {
      // Data that no worker can take would be waited for in vain.
      if (workers.length === 0) continue;
      task = addTask(state, key, { graph: null, row: 0 });
      task.nbytes = sizes[row] as number;
    }
    if (task.graph === null && task.state === STATE.released) planFor(state, task, takeTurn(state, workers));
    desire(state, task, { client, id }, out);
    runTransitions(state, out);
  }
}

function planFor(state: SchedulerState, task: TaskRecord, workers: readonly WorkerRecord[]): void {
  const planned = state.planned.get(task) ?? [];
  for (const worker of workers) if (!planned.includes(worker)) planned.push(worker);
  state.planned.set(task, planned);
}

function takeTurn(state: SchedulerState, workers: readonly WorkerRecord[]): readonly WorkerRecord[] {
  const chosen = workers[state.roundRobin % workers.length];
  state.roundRobin += 1;
  return chosen === undefined ? [] : [chosen];
}
