import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { FunctionStats } from '../function-stats.js';
import { LocalTask, stateIndexOf } from '../local-task.js';
import { PeerRecord } from '../peer-record.js';
import type { ComputeTasks } from '../stimulus.js';
import { attach } from '../transitions/attach.js';
import { reconsider } from '../transitions/reconsider.js';
import { NOT_RUN } from '../transitions/to-memory.js';
import type { WorkerState } from '../worker-state.js';
import { needDependency } from './need-dependency.js';

type Message = ComputeTasks['message'];

/**
 * Takes on tasks, in the order in which they are listed.
 *
 * A task that is in memory already is answered at once under its new run; one that is under way keeps going under its
 * new run. Both happen when the scheduler did not know, or has given up hope, of what this worker has.
 */
export function onComputeTasks(state: WorkerState, { message, at }: ComputeTasks, out: WorkerEffects): void {
  introduceWorkers(state, message.workers);
  const { taskIds, stimulusIds } = message;
  for (let row = 0; row < taskIds.length; row += 1) {
    state.story.begin('compute-tasks', stimulusIds[row] as number, at);
    const task = takeTask(state, taskIds[row] as number);
    onComputeTask(state, task, message, { row, out });
  }
}

/**
 * Learns the addresses of workers that this one has not been told of. It knows itself by its address: what a scheduler says
 * may come before the answer to the registration, in which its number is.
 */
export function introduceWorkers(state: WorkerState, workers: Message['workers']): void {
  for (const { id, address } of workers) {
    if (address === state.selfAddress) state.selfId = id;
    // Numbers are not given twice: one that has left is named here only by a message that crossed its departure.
    else if (!state.peers.has(id) && !state.gone.has(id)) state.peers.set(id, new PeerRecord(id, address));
  }
}

function takeTask(state: WorkerState, taskId: number): LocalTask {
  let task = state.tasks.get(taskId);
  if (task === undefined) {
    task = new LocalTask(taskId);
    state.tasks.set(taskId, task);
  }
  return task;
}

function onComputeTask(
  state: WorkerState,
  task: LocalTask,
  message: Message,
  { row, out }: { row: number; out: WorkerEffects },
): void {
  task.runId = message.runIds[row] as number;
  task.flags = message.flags[row] as number;
  if (task.activity === ACTIVITY.memory) {
    task.isHeld = true;
    out.taskFinished(task, NOT_RUN.start, NOT_RUN.duration);
    return;
  }
  if (task.isComputeWanted) return;

  const from = stateIndexOf(task);
  define(state, task, message, row);
  task.isComputeWanted = true;
  const { dependencies } = message;
  const first = dependencies === null || row === 0 ? 0 : (dependencies.ends[row - 1] as number);
  const end = dependencies === null ? 0 : (dependencies.ends[row] as number);
  if (dependencies === null || first === end) {
    task.isAttached = true;
  } else {
    const needed: LocalTask[] = [];
    for (let index = first; index < end; index += 1) needed.push(takeTask(state, dependencies.ids[index] as number));
    attach(task, needed);
    for (let index = first; index < end; index += 1) {
      needDependency(state, needed[index - first] as LocalTask, task, { rows: dependencies, index, out });
    }
  }
  reconsider(state, task, from, out);
}

function define(state: WorkerState, task: LocalTask, message: Message, row: number): void {
  task.define(message, row);
  task.stats = statsOf(state, message.functionIds[row] as number);
  task.priority = message.priorities[row] as number;
  task.generation = message.generations[row] as number;
  task.order = message.orders[row] as number;
  state.counter -= 1;
  task.counter = state.counter;
}

function statsOf(state: WorkerState, functionId: number): FunctionStats {
  let stats = state.functions.get(functionId);
  if (stats === undefined) {
    stats = new FunctionStats(functionId);
    state.functions.set(functionId, stats);
  }
  return stats;
}
