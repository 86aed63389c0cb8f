import { STATE_NAMES, type SchedulerState, type Stimulus as SchedulerStimulus } from '@grid/scheduler-core/simulation';
import { stateOf, type Stimulus as WorkerStimulus, type WorkerState } from '@grid/worker-core/simulation';

/** How often something happened while a task was in some state, by cell: `scheduler retry-keys erred`. */
export type CellCounts = ReadonlyMap<string, number>;

/** Counts the cells of the tables of states and events that worlds have come through. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  get counts(): CellCounts {
    return this.#counts;
  }

  /** Something is about to happen to a scheduler's core. */
  noteScheduler(state: SchedulerState, stimulus: SchedulerStimulus): void {
    for (const task of schedulerTasksOf(state, stimulus)) {
      this.#add(`scheduler ${stimulus.op} ${task === undefined ? 'unknown' : (STATE_NAMES[task.state] ?? '')}`);
    }
  }

  /** Something is about to happen to a worker's core. */
  noteWorker(state: WorkerState, stimulus: WorkerStimulus): void {
    for (const taskId of workerTaskIdsOf(state, stimulus)) {
      const task = state.tasks.get(taskId);
      this.#add(`worker ${stimulus.type} ${task === undefined ? 'unknown' : stateOf(task)}`);
    }
  }

  #add(cell: string): void {
    this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1);
  }
}

type SchedulerTask = ReturnType<SchedulerState['tasks']['get']>;

function* schedulerTasksOf(state: SchedulerState, stimulus: SchedulerStimulus): Iterable<SchedulerTask> {
  if (stimulus.op === 'update-graph' || stimulus.op === 'plan-scatter' || stimulus.op === 'client-desires-keys') {
    // Its numbers are new ones.
    for (let row = 0; row < stimulus.keys.length; row += 1) yield state.keys.get(stimulus.keys.at(row));
  } else if (stimulus.op === 'remove-worker') {
    yield* [...stimulus.worker.processing, ...stimulus.worker.held, ...stimulus.worker.replicas];
  } else if (stimulus.op === 'remove-client') {
    for (const [, task] of stimulus.client.tasks.entries()) yield task;
  } else if (stimulus.op === 'restart') {
    for (const [, task] of state.tasks.entries()) yield task;
  } else if (stimulus.op === 'add-worker') {
    const keys = stimulus.inventory?.keys;
    for (let row = 0; row < (keys?.length ?? 0); row += 1) yield state.keys.get(keys?.at(row) ?? '');
  } else if (stimulus.op === 'end-grace') {
    for (const [, task] of state.orphans?.owner.tasks.entries() ?? []) yield task;
  } else if (stimulus.op === 'runs-listed') {
    // The scheduler compares; as long as nothing was lost between the two, nothing comes of it in any state.
    return;
  } else if ('ids' in stimulus) {
    for (const id of Array.from(stimulus.ids)) yield stimulus.client.tasks.get(id);
  } else if ('taskIds' in stimulus) {
    for (const id of Array.from(stimulus.taskIds)) yield state.tasks.get(id);
  } else if ('taskId' in stimulus) yield state.tasks.get(stimulus.taskId);
}

function workerTaskIdsOf(state: WorkerState, stimulus: WorkerStimulus): readonly number[] {
  if ('message' in stimulus) {
    const { message } = stimulus;
    if ('taskIds' in message) return Array.from(message.taskIds);
    if ('taskId' in message) return [message.taskId];
    // What a worker that is gone was asked for, and what it was said to have.
    if (message.op === 'remove-worker') return [...state.tasks.keys()];
    return [];
  }
  if ('taskIds' in stimulus) return stimulus.taskIds;
  if ('taskId' in stimulus) return [stimulus.taskId];
  if ('workerId' in stimulus) return (state.peers.get(stimulus.workerId)?.inFlight ?? []).map(({ taskId }) => taskId);
  const { type } = stimulus;
  return type === 'pause' || type === 'unpause' || type === 'lose-scheduler' ? [...state.tasks.keys()] : [];
}
