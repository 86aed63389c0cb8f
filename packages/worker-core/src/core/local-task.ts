import { executorOf } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import { ACTIVITY, DERIVED, TASK_STATES, type Activity, type TaskStateName } from './activity.js';
import type { FunctionStats } from './function-stats.js';

/** What a task without dependencies shares with all others of its kind; nobody writes to it. */
export const NO_TASKS: readonly LocalTask[] = Object.freeze([]);

/** The message that told of a task: what is needed of it seldom is read from there. */
export type TaskRows = MessageWith<'compute-tasks'>;

/** So much of each abstract resource. */
export type ResourceAmounts = NonNullable<TaskRows['resources']>[number]['amounts'];

/** Bits of what a task has that is only true or false: eight bytes for all of them instead of eight for each. */
const MARK = {
  computeWanted: 1,
  held: 2,
  stopping: 4,
  suspended: 8,
  overdue: 16,
  attached: 32,
  replicaWanted: 64,
} as const;

/** What makes the scheduler want the result here. */
const ANY_WANT = MARK.computeWanted | MARK.replicaWanted;

/**
 * One task as this worker knows it: to be computed here, or a result that a task here needs.
 *
 * Only the core writes to it. A million of them may live at once, so all fields are set here, in one order, and
 * relations are arrays that most tasks do not have.
 */
export class LocalTask {
  readonly taskId: number;
  /** What this worker is doing about it. */
  activity: Activity = ACTIVITY.released;
  #marks = 0;
  /** The run that the scheduler waits for. */
  runId = 0;
  flags = 0;
  /** Smaller runs first: `(priority, generation, order, counter)`. */
  priority = 0;
  generation = 0;
  order = 0;
  counter = 0;
  /** Position in the heap of ready tasks; -1 outside. */
  heapIndex = -1;
  /** What its runs are expected to take, at the time it was handed to a thread. Milliseconds. */
  estimateMs = 0;
  /** What is known about its function; `null` for a task that is not computed here. */
  stats: FunctionStats | null = null;

  /** In the order in which the encoded arguments refer to them, without repetition. */
  dependencies: readonly LocalTask[] = NO_TASKS;
  /** How many dependencies are not in memory. Counts while {@link LocalTask.isAttached}. */
  missingCount = 0;
  /** How many attached tasks depend on this one. */
  waiterCount = 0;
  /** Attached tasks that miss this one. */
  waiting: LocalTask[] | null = null;
  /** Numbers of workers that are said to have a copy. */
  holders: number[] | null = null;
  /** Size of the result in bytes; before it is here: what the scheduler said. */
  nbytes = 0;
  typeId = 0;

  #rows: TaskRows | null = null;
  #row = 0;
  #key: string | null = null;

  constructor(taskId: number) {
    this.taskId = taskId;
  }

  /** The scheduler asked for it to be computed here and has not been answered. */
  get isComputeWanted(): boolean {
    return (this.#marks & MARK.computeWanted) !== 0;
  }

  set isComputeWanted(value: boolean) {
    this.#mark(MARK.computeWanted, value);
  }

  /** The scheduler counts on the copy in this worker's memory. */
  get isHeld(): boolean {
    return (this.#marks & MARK.held) !== 0;
  }

  set isHeld(value: boolean) {
    this.#mark(MARK.held, value);
  }

  /** The execution under way was told to stop; its result is wanted only if something changed since. */
  get isStopping(): boolean {
    return (this.#marks & MARK.stopping) !== 0;
  }

  set isStopping(value: boolean) {
    this.#mark(MARK.stopping, value);
  }

  /** The execution has returned a promise: it waits and takes no slot. */
  get isSuspended(): boolean {
    return (this.#marks & MARK.suspended) !== 0;
  }

  set isSuspended(value: boolean) {
    this.#mark(MARK.suspended, value);
  }

  /** The execution keeps its thread for longer than anybody expected. */
  get isOverdue(): boolean {
    return (this.#marks & MARK.overdue) !== 0;
  }

  set isOverdue(value: boolean) {
    this.#mark(MARK.overdue, value);
  }

  /** Its dependencies know of it: they are fetched and kept for its sake. */
  get isAttached(): boolean {
    return (this.#marks & MARK.attached) !== 0;
  }

  set isAttached(value: boolean) {
    this.#mark(MARK.attached, value);
  }

  /** The scheduler asked for a copy of it here and has not been answered. */
  get isReplicaWanted(): boolean {
    return (this.#marks & MARK.replicaWanted) !== 0;
  }

  set isReplicaWanted(value: boolean) {
    this.#mark(MARK.replicaWanted, value);
  }

  /** The cluster-wide name; a dependency is known by its number until its value arrives with its name. */
  get key(): string {
    if (this.#key !== null) return this.#key;
    if (this.#rows === null) return `#${String(this.taskId)}`;
    this.#key = this.#rows.keys.at(this.#row);
    return this.#key;
  }

  get functionId(): number {
    return this.stats?.functionId ?? -1;
  }

  /** The scheduler's number of the span that it was submitted in; 0: none. */
  get spanNumber(): number {
    return this.#rows?.spans?.[this.#row] ?? 0;
  }

  /** Milliseconds that a run may take; 0 for no limit. */
  get timeoutMs(): number {
    return this.#rows?.timeoutsMs?.[this.#row] ?? 0;
  }

  /** Its encoded argument tuple is `argsBlock[argsStart .. argsEnd)`. Opaque to the core. */
  get argsBlock(): Uint8Array | null {
    return this.#rows?.args.block ?? null;
  }

  get argsStart(): number {
    return this.#row === 0 ? 0 : (this.#rows?.args.ends[this.#row - 1] ?? 0);
  }

  get argsEnd(): number {
    return this.#rows?.args.ends[this.#row] ?? 0;
  }

  get argsBuffers(): readonly Uint8Array[] | null {
    const entries = this.#rows?.args.buffers;
    if (entries === undefined || entries.length === 0) return null;
    return entryOfRow(entries, this.#row)?.buffers ?? null;
  }

  /** What it occupies of this worker's resources while it runs; `null` for nothing. */
  get resources(): ResourceAmounts | null {
    const entries = this.#rows?.resources;
    if (entries === undefined || entries === null) return null;
    return entryOfRow(entries, this.#row)?.amounts ?? null;
  }

  /** The executor whose threads it is to run in; empty: any thread that is in none. */
  get executor(): string {
    const { resources } = this;
    if (resources === null) return '';
    for (const { name } of resources) {
      const executor = executorOf(name);
      if (executor !== null) return executor;
    }
    return '';
  }

  /** Whether anything here or at the scheduler wants its result. */
  get isWanted(): boolean {
    return this.waiterCount > 0 || (this.#marks & ANY_WANT) !== 0;
  }

  /** Whether a thread has it. */
  get isExecuting(): boolean {
    return this.activity === ACTIVITY.executing || this.activity === ACTIVITY.longRunning;
  }

  /** Learns how it is to be run. */
  define(rows: TaskRows, row: number): void {
    this.#rows = rows;
    this.#row = row;
  }

  /** The span that it was submitted in is not known any more. */
  leaveSpan(): void {
    if (this.#rows !== null && this.#rows.spans !== null) this.#rows = { ...this.#rows, spans: null };
  }

  /** It is not to be run any more; its arguments, and those of all tasks that came along, need not live as long as it does. */
  undefine(): void {
    if (this.#rows === null) return;
    this.#key ??= this.#rows.keys.at(this.#row);
    this.#rows = null;
    this.#row = 0;
  }

  /** Gives the name of a task that was known by its number. */
  nameIt(key: string): void {
    if (this.#rows === null) this.#key ??= key;
  }

  #mark(bit: number, value: boolean): void {
    if (value) this.#marks |= bit;
    else this.#marks &= ~bit;
  }
}

/** The rows of `entries` are sorted, and only some tasks have one. */
function entryOfRow<Entry extends { readonly row: number }>(entries: readonly Entry[], row: number): Entry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as Entry).row < row) low = middle + 1;
    else high = middle;
  }
  const found = entries[low];
  return found?.row === row ? found : undefined;
}

/** Position in {@link TASK_STATES} of the state in which people see a task. */
export function stateIndexOf(task: LocalTask): number {
  if (task.isExecuting && task.isStopping) return task.isWanted ? DERIVED.resumed : DERIVED.cancelled;
  if (task.activity === ACTIVITY.flight) {
    if (!task.isWanted) return DERIVED.cancelled;
    if (task.isComputeWanted) return DERIVED.resumed;
  }
  if (task.activity === ACTIVITY.ready && task.resources !== null) return DERIVED.constrained;
  return task.activity;
}

/** The state in which people see a task. */
export function stateOf(task: LocalTask): TaskStateName {
  return TASK_STATES[stateIndexOf(task)] as TaskStateName;
}

/** Whether `a` is to run before `b`. */
export function runsBefore(a: LocalTask, b: LocalTask): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.generation !== b.generation) return a.generation < b.generation;
  if (a.order !== b.order) return a.order < b.order;
  return a.counter < b.counter;
}
