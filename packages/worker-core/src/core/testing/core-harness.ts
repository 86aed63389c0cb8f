import type { WorkerEffects } from '../effects.js';
import { handleStimulus } from '../handle-stimulus.js';
import { stateOf, type LocalTask } from '../local-task.js';
import type { Stimulus } from '../stimulus.js';
import { validateState } from '../validate-state.js';
import { WorkerState, type WorkerStateOptions } from '../worker-state.js';
import { acquireMessage, computeMessage, keyOf, refreshMessage, SOME_FAILURE, type Row } from './messages.js';

export const TEST_OPTIONS: WorkerStateOptions = {
  threads: 1,
  resources: { GPU: 2, MEM: 1 },
  pushAheadMs: 0,
  suspendedMaxPerThread: 2,
  gatherBytesMax: 1000,
  gatherPeersMax: 2,
  incomingBytesMax: 4000,
  memoryBytesMax: Infinity,
  busyRetryMs: 150,
  storyRows: 512,
};

/** A core whose effects are written down as short lines, and whose state is validated after each stimulus. */
export class CoreHarness {
  readonly state: WorkerState;
  /** What would be in the store. */
  readonly store = new Set<number>();
  /** What the shell would say of memory. */
  readonly memory = { residentBytes: 0, isRelieving: false };
  #lines: string[] = [];
  #now = 0;

  constructor(options: Partial<WorkerStateOptions> = {}) {
    this.state = new WorkerState({ ...TEST_OPTIONS, ...options }, this.memory);
    this.state.selfId = 1;
    this.state.selfAddress = 'tcp://self';
  }

  readonly #out: WorkerEffects = {
    execute: (task) => this.#write(`execute ${id(task)}`),
    stopTask: (task) => this.#write(`stop ${id(task)}`),
    grantSlot: (task) => this.#write(`slot ${id(task)}`),
    dropData: (task) => {
      this.store.delete(task.taskId);
      this.#write(`drop ${id(task)}`);
    },
    gather: (peer, tasks) => this.#write(`gather ${tasks.map(id).join('+')} from ${String(peer.workerId)}`),
    retryBusyLater: (peer, at) => this.#write(`retry ${String(peer.workerId)} at ${String(at)}`),
    taskFinished: (task) => this.#write(`finished ${id(task)} run ${String(task.runId)}`),
    taskErred: (task, failure) => this.#write(`erred ${id(task)} run ${String(task.runId)} ${failure.message}`),
    longRunning: (task) => this.#write(`long-running ${id(task)}`),
    rescheduleTask: (task) => this.#write(`reschedule ${id(task)} run ${String(task.runId)}`),
    stealResponse: (taskId, runId, outcome) => this.#write(`${outcome} ${String(taskId)} run ${String(runId)}`),
    addKeys: (task) => this.#write(`add-keys ${id(task)}`),
    releaseData: (task) => this.#write(`release ${id(task)}`),
    missingData: (task, workerId) => this.#write(`missing-data ${id(task)} on ${String(workerId)}`),
    requestRefresh: (task) => this.#write(`refresh ${id(task)}`),
    foundStuck: (task) => this.#write(`stuck ${id(task)}`),
  };

  /** Gives a stimulus and returns what the core asked for, in order. */
  give(stimulus: WithoutTime<Stimulus>): string[] {
    const lines = this.giveUnchecked(stimulus);
    validateState(this.state);
    return lines;
  }

  /** The same while the state is wrong on purpose. */
  giveUnchecked(stimulus: WithoutTime<Stimulus>): string[] {
    this.#lines = [];
    this.#now += 1;
    const timed: Stimulus = { ...stimulus, at: this.#now };
    handleStimulus(this.state, timed, this.#out);
    return this.#lines;
  }

  compute(rows: readonly Row[], workerIds: readonly number[] = []): string[] {
    return this.give({ type: 'compute-tasks', message: computeMessage(rows, workerIds) });
  }

  free(...taskIds: number[]): string[] {
    return this.give({ type: 'free-keys', message: { op: 'free-keys', taskIds, stimulusId: 2 } });
  }

  removeWorker(workerId: number): string[] {
    return this.give({ type: 'remove-worker', message: { op: 'remove-worker', workerId, stimulusId: 3 } });
  }

  steal(taskId: number, runId = 1): string[] {
    return this.give({ type: 'steal-request', message: { op: 'steal-request', taskId, runId, stimulusId: 4 } });
  }

  refresh(...rows: (readonly [number, readonly number[]])[]): string[] {
    return this.give({ type: 'refresh-who-has', message: refreshMessage(rows) });
  }

  acquire(...rows: (readonly [number, readonly number[]])[]): string[] {
    return this.give({ type: 'acquire-replicas', message: acquireMessage(rows) });
  }

  remove(...taskIds: number[]): string[] {
    return this.give({ type: 'remove-replicas', message: { op: 'remove-replicas', taskIds, stimulusId: 6 } });
  }

  succeed(taskId: number, nbytes = 8, duration = 1): string[] {
    this.store.add(taskId);
    return this.give({ type: 'execute-success', taskId, nbytes, typeId: 0, start: 0, duration });
  }

  fail(taskId: number): string[] {
    return this.give({ type: 'execute-failure', taskId, failure: SOME_FAILURE, start: 0, duration: 1 });
  }

  returned(taskId: number): string[] {
    return this.give({ type: 'execute-returned', taskId });
  }

  receive(workerId: number, ...taskIds: number[]): string[] {
    for (const taskId of taskIds) this.store.add(taskId);
    return this.give({
      type: 'gather-success',
      workerId,
      taskIds,
      keys: taskIds.map(keyOf),
      sizes: taskIds.map(() => 8),
    });
  }

  put(...taskIds: number[]): string[] {
    for (const taskId of taskIds) this.store.add(taskId);
    return this.give({ type: 'update-data', taskIds, keys: taskIds.map(keyOf), sizes: taskIds.map(() => 8) });
  }

  lose(...taskIds: number[]): string[] {
    for (const taskId of taskIds) this.store.delete(taskId);
    return this.give({ type: 'lose-data', taskIds });
  }

  /** The state in which people see a task; `none` if it is not known here. */
  stateOf(taskId: number): string {
    const task = this.state.tasks.get(taskId);
    return task === undefined ? 'none' : stateOf(task);
  }

  #write(line: string): void {
    this.#lines.push(line);
  }
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

function id(task: LocalTask): string {
  return String(task.taskId);
}
