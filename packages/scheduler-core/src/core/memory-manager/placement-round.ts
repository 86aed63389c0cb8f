import { invariant } from '@grid/common';

import { dependentsOf, nbytesOf, TaskRecord, WorkerRecord } from '../records.js';
import { hasMember, membersOf } from '../relation.js';
import { canAcquire, canRemove, copyCount, requestRemoval, requestReplica } from '../replica-requests.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { isActive, STATE } from '../task-state.js';
import type { MemoryRound, PlacedTask, PlacingWorker } from './memory-policy.js';

/** With more workers to choose from than this, not all are compared. */
const RECIPIENTS_MAX = 32;

/** One round over the scheduler's own records. Good for the stimulus in which it was made. */
export class PlacementRound implements MemoryRound {
  readonly #state: SchedulerState;
  readonly #out: SchedulerOutput;
  readonly #memory = new Map<WorkerRecord, number>();
  #firstCandidate = 0;

  constructor(state: SchedulerState, out: SchedulerOutput) {
    this.#state = state;
    this.#out = out;
    for (const worker of state.workers) this.#memory.set(worker, memoryOf(worker));
    for (const [task, workers] of state.acquiring) for (const worker of workers) this.#add(worker, nbytesOf(task));
  }

  get workers(): readonly WorkerRecord[] {
    return this.#state.workers.slice();
  }

  replicatedTasks(): readonly TaskRecord[] {
    const tasks: TaskRecord[] = [];
    for (const worker of this.#state.workers) {
      for (const task of worker.replicas) if (isSecond(task, worker)) tasks.push(task);
    }
    return tasks;
  }

  tasksOn(worker: PlacingWorker): readonly TaskRecord[] {
    const { held, replicas } = asRecord(worker);
    return [...held, ...replicas];
  }

  holdersOf(task: PlacedTask): readonly WorkerRecord[] {
    return membersOf(asTask(task).whoHas);
  }

  isPinned(task: PlacedTask, worker: PlacingWorker): boolean {
    return asRecord(worker).actors.has(asTask(task));
  }

  copyCount(task: PlacedTask): number {
    return copyCount(this.#state, asTask(task));
  }

  desiredCopies(task: PlacedTask): number {
    return this.#state.desiredCopies.get(asTask(task)) ?? 1;
  }

  demandFor(task: PlacedTask, max: number): number {
    const record = asTask(task);
    if (record.waiterCount === 0) return 0;
    const places = new Set<TaskRecord | WorkerRecord>();
    for (const dependent of dependentsOf(record)) {
      if (!isActive(dependent.state)) continue;
      places.add(dependent.processingOn ?? dependent);
      if (places.size >= max) break;
    }
    return places.size;
  }

  memoryOf(worker: PlacingWorker): number {
    return this.#memory.get(asRecord(worker)) ?? 0;
  }

  replicate(task: PlacedTask, candidates?: Iterable<PlacingWorker>): WorkerRecord | null {
    const record = asTask(task);
    if (record.state !== STATE.memory) return null;
    const recipient = this.#findRecipient(record, candidates ?? this.#inTurn());
    if (recipient === null) return null;
    requestReplica(this.#state, record, recipient, this.#out);
    this.#add(recipient, nbytesOf(record));
    return recipient;
  }

  drop(task: PlacedTask, candidates?: Iterable<PlacingWorker>): WorkerRecord | null {
    const record = asTask(task);
    const dropper = this.#findDropper(record, candidates ?? membersOf(record.whoHas));
    if (dropper === null) return null;
    requestRemoval(record, dropper, this.#out);
    this.#add(dropper, -nbytesOf(record));
    return dropper;
  }

  #findRecipient(task: TaskRecord, candidates: Iterable<PlacingWorker>): WorkerRecord | null {
    let best: WorkerRecord | null = null;
    let compared = 0;
    for (const candidate of candidates) {
      const worker = asRecord(candidate);
      if (!canAcquire(this.#state, task, worker)) continue;
      if (best === null || this.memoryOf(worker) < this.memoryOf(best)) best = worker;
      compared += 1;
      if (compared === RECIPIENTS_MAX) break;
    }
    return best;
  }

  /** All workers, each time from another one on. */
  *#inTurn(): Generator<WorkerRecord> {
    const { workers } = this.#state;
    this.#firstCandidate += 1;
    for (let offset = 0; offset < workers.length; offset += 1) {
      yield workers[(this.#firstCandidate + offset) % workers.length] as WorkerRecord;
    }
  }

  #findDropper(task: TaskRecord, candidates: Iterable<PlacingWorker>): WorkerRecord | null {
    const needy = placesOf(task);
    const able: WorkerRecord[] = [];
    let keepsOnLeaving = false;
    for (const candidate of candidates) {
      const worker = asRecord(candidate);
      if (!canRemove(task, worker)) continue;
      if (!needy.has(worker)) able.push(worker);
      else if (worker.status !== 'running') keepsOnLeaving = true;
    }
    const [first] = able;
    if (first === undefined) return null;
    // The others are on their way out: if this one dropped its copy, they would have to make it again.
    if (able.length === 1 && first.status === 'running' && keepsOnLeaving && needsFirst(task, needy)) return null;
    return able.reduce((best, worker) => (this.#dropsRather(worker, best) ? worker : best), first);
  }

  #dropsRather(a: WorkerRecord, b: WorkerRecord): boolean {
    const isLeavingA = a.status !== 'running';
    const isLeavingB = b.status !== 'running';
    if (isLeavingA !== isLeavingB) return isLeavingA;
    return this.memoryOf(a) > this.memoryOf(b);
  }

  #add(worker: WorkerRecord, nbytes: number): void {
    this.#memory.set(worker, Math.max(0, (this.#memory.get(worker) ?? 0) + nbytes));
  }
}

/** What a worker uses, as far as is known: what tasks use while they run is gone when the copy is there. */
function memoryOf({ nbytes, spilledBytes, unmanagedBytes }: WorkerRecord): number {
  return Math.max(0, nbytes - spilledBytes) + unmanagedBytes;
}

/** Each task with several holders has exactly one second one. */
function isSecond({ whoHas }: TaskRecord, worker: WorkerRecord): boolean {
  if (Array.isArray(whoHas)) return whoHas[1] === worker;
  if (!(whoHas instanceof Set)) return false;
  const [, second] = whoHas;
  return second === worker;
}

/** Workers that were given tasks which need it. */
function placesOf(task: TaskRecord): Set<WorkerRecord> {
  const places = new Set<WorkerRecord>();
  if (task.waiterCount === 0) return places;
  for (const { processingOn } of dependentsOf(task)) if (processingOn !== null) places.add(processingOn);
  return places;
}

/** Whether all holders that need it are on their way out. */
function needsFirst(task: TaskRecord, needy: ReadonlySet<WorkerRecord>): boolean {
  for (const worker of needy) if (worker.status === 'running' && hasMember(task.whoHas, worker)) return false;
  return true;
}

function asTask(task: PlacedTask): TaskRecord {
  invariant(task instanceof TaskRecord, 'a policy speaks of a task that the scheduler did not name');
  return task;
}

function asRecord(worker: PlacingWorker): WorkerRecord {
  invariant(worker instanceof WorkerRecord, 'a policy speaks of a worker that the scheduler did not name');
  return worker;
}
