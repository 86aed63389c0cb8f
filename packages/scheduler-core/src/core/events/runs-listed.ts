import { recommend } from '../recommend.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import { hasMember } from '../relation.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { endQuestion } from '../stuck/audit-runs.js';
import { tellStuck } from '../stuck/tell-stuck.js';
import { STATE } from '../task-state.js';

/**
 * A worker says what it has to compute, since that is not what the scheduler knows. Where it was so the last time as well, a
 * word between the two was lost: what the worker does not have is given out anew, what it should not have it is told to
 * free.
 */
export function runsListed(state: SchedulerState, stimulus: StimulusWith<'runs-listed'>, out: SchedulerOutput): void {
  const { worker, below } = stimulus;
  if (!endQuestion(worker, below)) return;
  const { audit } = worker;
  const before = audit.suspects;
  const lost = lostRuns(stimulus);
  const unwanted = unwantedRuns(state, stimulus);
  const suspects = new Map<number, number>();
  const stuck: TaskRecord[] = [];
  for (const task of lost) {
    if (before.get(task.id) === task.runId) stuck.push(task);
    else suspects.set(task.id, task.runId);
  }
  for (const [taskId, runId] of unwanted) {
    if (before.get(taskId) === runId) freeAgain(state, { worker, taskId, runId }, out);
    else suspects.set(taskId, runId);
  }
  audit.suspects = suspects;
  audit.differences = suspects.size === 0 ? 0 : audit.differences + 1;
  for (const task of stuck) {
    tellStuck(state, 'lost-run', { worker, taskId: task.id, runId: task.runId }, out);
    recommend(state, task, STATE.released);
  }
  runTransitions(state, out);
}

/** What the scheduler takes the worker to compute, and the worker does not. */
function lostRuns({ worker, until, taskIds, runIds }: StimulusWith<'runs-listed'>): TaskRecord[] {
  const listed = new Map<number, number>();
  for (let row = 0; row < taskIds.length; row += 1) listed.set(taskIds[row] as number, runIds[row] as number);
  return worker.processing.filter(({ id, runId }) => runId < until && listed.get(id) !== runId);
}

/** What the worker is going to compute, and the scheduler wants of somebody else or of nobody. */
function unwantedRuns(
  state: SchedulerState,
  { worker, taskIds, runIds }: StimulusWith<'runs-listed'>,
): [taskId: number, runId: number][] {
  const unwanted: [number, number][] = [];
  for (let row = 0; row < taskIds.length; row += 1) {
    const taskId = taskIds[row] as number;
    const task = state.tasks.get(taskId);
    // A newer run on the same worker takes the place of this one there.
    if (task !== undefined && (task.processingOn === worker || hasMember(task.whoHas, worker))) continue;
    unwanted.push([taskId, runIds[row] as number]);
  }
  return unwanted;
}

interface Run {
  readonly worker: WorkerRecord;
  readonly taskId: number;
  readonly runId: number;
}

function freeAgain(state: SchedulerState, run: Run, out: SchedulerOutput): void {
  tellStuck(state, 'unwanted-run', run, out);
  out.freeKeys(run.worker, run.taskId);
}
