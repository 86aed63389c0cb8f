import type { LocalTask, Stimulus, WorkerState } from '@grid/worker-core/simulation';

import { broken } from '../errors.js';
import type { WorkerPromise } from './worker-promise.js';

type StimulusOf<Type extends Stimulus['type']> = Stimulus & { readonly type: Type };

/** X3: what a scheduler has said to a worker is what the worker goes by: what to do, in which order, for whom, and who is there. */
export class WorkerMessages implements WorkerPromise {
  /** Tasks that were known before more of them were named. */
  #known: ReadonlySet<number> = new Set();

  before(state: WorkerState, { type }: Stimulus): void {
    if (type === 'compute-tasks' || type === 'acquire-replicas') this.#known = new Set(state.tasks.keys());
  }

  check(state: WorkerState, stimulus: Stimulus): void {
    const wrong = this.#whatIsWrong(state, stimulus);
    if (wrong !== null) throw broken('X3', `worker ${String(state.selfId)}, after ${stimulus.type}: ${wrong}`);
  }

  #whatIsWrong(state: WorkerState, stimulus: Stimulus): string | null {
    switch (stimulus.type) {
      case 'compute-tasks':
        return wrongPeers(state, stimulus.message.workers) ?? this.#wrongTasks(state, stimulus);
      case 'acquire-replicas':
        return wrongPeers(state, stimulus.message.workers) ?? this.#wrongCopies(state, stimulus);
      case 'refresh-who-has':
        return wrongPeers(state, stimulus.message.workers);
      case 'free-keys':
        return wrongFreed(state, stimulus);
      case 'remove-worker': {
        const { workerId } = stimulus.message;
        return state.peers.has(workerId) || !state.gone.has(workerId) ? `${String(workerId)} is still a peer` : null;
      }
      case 'lose-scheduler':
        return wrongAlone(state);
      case 'gather-busy':
        return state.peers.get(stimulus.workerId)?.isBusy === false ? 'who is busy is not taken to be' : null;
      case 'execute-success': {
        const task = state.tasks.get(stimulus.taskId);
        if (task === undefined || !task.isHeld) return null;
        const isRight = task.typeId === stimulus.typeId && task.nbytes === stimulus.nbytes;
        return isRight ? null : `${task.key} has another type or size`;
      }
      default:
        return null;
    }
  }

  #wrongTasks(state: WorkerState, { message }: StimulusOf<'compute-tasks'>): string | null {
    const { taskIds, runIds, priorities, generations, orders, flags, functionIds, dependencies } = message;
    for (let row = 0; row < taskIds.length; row += 1) {
      const task = state.tasks.get(taskIds[row] as number);
      if (task?.isComputeWanted !== true || task.runId !== runIds[row]) continue;
      // One that was under way keeps what it was defined with.
      if (task.flags !== flags[row]) return `${task.key} has other flags`;
      if (this.#known.has(task.taskId)) continue;
      const isRight =
        task.priority === priorities[row] && task.generation === generations[row] && task.order === orders[row];
      if (!isRight) return `${task.key} has another priority`;
      if (task.stats?.functionId !== functionIds[row] || state.functions.get(functionIds[row] as number) !== task.stats)
        return `nothing is learned of the function of ${task.key}`;
      if (dependencies === null) continue;
      const first = row === 0 ? 0 : (dependencies.ends[row - 1] as number);
      for (let index = first; index < (dependencies.ends[row] as number); index += 1) {
        const wrong = this.#wrongDependency(state, task, dependencies, index);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  /** What only this task needs is as urgent as it is, and is where the scheduler says. */
  #wrongDependency(
    state: WorkerState,
    { key, priority, generation, order, counter }: LocalTask,
    { ids, sizes, holders }: NonNullable<StimulusOf<'compute-tasks'>['message']['dependencies']>,
    index: number,
  ): string | null {
    const taskId = ids[index] as number;
    const task = state.tasks.get(taskId);
    if (task === undefined || this.#known.has(taskId) || task.waiterCount !== 1 || task.isComputeWanted) return null;
    if (task.nbytes !== sizes[index]) return `${task.key}, which ${key} needs, has another size`;
    const isAsUrgent =
      task.priority === priority && task.generation === generation && task.order === order && task.counter === counter;
    if (!isAsUrgent) return `${task.key} is not as urgent as ${key}, which needs it`;
    const first = index === 0 ? 0 : (holders.ends[index - 1] as number);
    return wrongHolders(state, task, Array.from(holders.ids).slice(first, holders.ends[index]));
  }

  #wrongCopies(state: WorkerState, { message }: StimulusOf<'acquire-replicas'>): string | null {
    const { taskIds, sizes, holders } = message;
    for (let row = 0; row < taskIds.length; row += 1) {
      const taskId = taskIds[row] as number;
      const task = state.tasks.get(taskId);
      if (task === undefined) return `a copy of #${String(taskId)} is not got`;
      if (this.#known.has(taskId)) continue;
      if (task.nbytes !== sizes[row] || task.priority !== COPY_PRIORITY || task.order !== taskId)
        return `a copy of #${String(taskId)} has another size or priority`;
      const first = row === 0 ? 0 : (holders.ends[row - 1] as number);
      const wrong = wrongHolders(state, task, Array.from(holders.ids).slice(first, holders.ends[row]));
      if (wrong !== null) return wrong;
    }
    return null;
  }
}

/** Behind what tasks of ordinary priority need. */
const COPY_PRIORITY = 1;

function wrongPeers(state: WorkerState, workers: readonly { readonly id: number }[]): string | null {
  const unknown = workers.find(({ id }) => id !== state.selfId && !state.peers.has(id) && !state.gone.has(id));
  return unknown === undefined ? null : `worker ${String(unknown.id)} is not known`;
}

function wrongHolders(state: WorkerState, task: LocalTask, said: readonly number[]): string | null {
  const missing = said.find((id) => id !== state.selfId && state.peers.has(id) && task.holders?.includes(id) !== true);
  return missing === undefined ? null : `worker ${String(missing)} has ${task.key}, and nobody knows`;
}

function wrongFreed(state: WorkerState, { message }: StimulusOf<'free-keys'>): string | null {
  for (const taskId of Array.from(message.taskIds)) {
    const task = state.tasks.get(taskId);
    if (task !== undefined && (task.isComputeWanted || task.isHeld || task.isReplicaWanted))
      return `${task.key} is kept, which nobody wants`;
  }
  return null;
}

/** Without a scheduler a worker keeps what it has and what it runs, and plans nothing. */
function wrongAlone(state: WorkerState): string | null {
  if (state.peers.size + state.gone.size + state.peersInNeed.size > 0) return 'peers of a former scheduler are known';
  const functions = new Set<number>();
  for (const task of state.tasks.values()) {
    functions.add(task.functionId);
    const isRunning = task.isExecuting && !task.isStopping;
    if (task.isReplicaWanted || (task.isComputeWanted && !isRunning)) return `${task.key} is still to be had`;
  }
  const unused = [...state.functions.keys()].find((functionId) => !functions.has(functionId));
  return unused === undefined ? null : `function ${String(unused)} is known, and nothing uses it`;
}
