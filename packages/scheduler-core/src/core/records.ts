import { IdTable } from '@grid/common';
import type { FailureRecord } from './failure-record.js';
import type { GraphBlock } from './graph-block.js';
import { membersOf, type Relation } from './relation.js';
import { RunAudit } from './stuck/run-audit.js';
import type { TaskGroup } from './task-group.js';
import { STATE, type StateCode } from './task-state.js';

/* Tasks, workers and clients: three kinds of records that know each other, and so stand in one file. */

/** `TaskRecord.recommended` of a task that is not on the work list. */
export const NOTHING = -1;

/** A second and further client that wants a task, with its number for it. */
export interface Want {
  readonly client: ClientRecord;
  readonly id: number;
}

/**
 * What the scheduler knows of one task.
 *
 * There may be ten millions of these: every field is set here, in this order, so that all have one shape, and none holds
 * a fraction, which would cost a box of its own. Only transitions, events and the files beside them write them.
 */
export class TaskRecord {
  /** Unique in the scheduler's life, and among what workers have brought of former schedulers. */
  readonly id: number;
  readonly key: string;
  state: StateCode = STATE.released;
  /** The state that it is to go to next, while it stands on the work list. */
  recommended: StateCode | typeof NOTHING = NOTHING;
  readonly group: TaskGroup;
  /** What it is made of; `null` for plain data, which cannot be computed again, and while that has yet to be said. */
  graph: GraphBlock | null;
  /** Its row in `graph`. */
  row: number;
  /** Each once, in the order of its arguments; therefore never a Set. */
  dependencies: null | TaskRecord | TaskRecord[] = null;
  /** The inverse of `dependencies`. */
  dependents: Relation<TaskRecord> = null;
  /** In `waiting`: how many dependencies are not in memory. Else 0. */
  waitingCount = 0;
  /** How many dependents are waiting, without worker, queued or processing. */
  waiterCount = 0;
  /** In `processing`: who computes it. */
  processingOn: WorkerRecord | null = null;
  /** In `processing`: its place in the worker's list. */
  slot = 0;
  /** The number of its last dispatch; a result with another is late. */
  runId = 0;
  /** Who holds its result. */
  whoHas: Relation<WorkerRecord> = null;
  /** Its place in the list of the first of `whoHas`. */
  heldSlot = 0;
  /** The first client that wants it, and its number there; further ones in `moreWants`. */
  wantedBy: ClientRecord | null = null;
  wantedId = 0;
  moreWants: Want[] | null = null;
  /** How often it may still throw. */
  retriesLeft: number;
  /** How many workers died while they executed it. */
  suspicious = 0;
  /** The size of its result in bytes; -1 before it was ever computed. */
  nbytes = -1;
  /** The kind of its result. */
  typeId = -1;
  /** In `processing`: KiB of dependencies that its worker had to fetch. */
  inboundKib = 0;
  /** Why it is in `erred`, or about to be. */
  failure: FailureRecord | null = null;
  /** It left its slot on the worker and runs on. */
  isLongRunning = false;
  /** A dependency was forgotten: it can never be computed again. */
  hasLostDependencies = false;

  constructor(
    id: number,
    key: string,
    group: TaskGroup,
    spec: { readonly graph: GraphBlock | null; readonly row: number },
  ) {
    this.id = id;
    this.key = key;
    this.group = group;
    this.graph = spec.graph;
    this.row = spec.row;
    this.retriesLeft = spec.graph === null ? 0 : spec.graph.options.retries;
  }
}

/**
 * How a worker stands. Only `running` ones are given tasks and data; one that is `closing-gracefully` finishes what it runs
 * while its results are moved; `closed` ones are in no table.
 */
export type WorkerStatus = 'running' | 'paused' | 'closing-gracefully' | 'closing' | 'closed';

/** How a worker says that it stands. */
export type ReportedStatus = 'running' | 'paused' | 'closing';

/** What a worker says of itself when it registers. */
export interface WorkerAbout {
  readonly name: string;
  /** Where its data can be fetched. */
  readonly address: string;
  readonly host: string;
  readonly threads: number;
  /** Bytes; 0 if unknown. */
  readonly memoryLimit: number;
  /** What it has of abstract resources when it comes. */
  readonly resources: ReadonlyMap<string, number>;
  /** Whether it can be asked to get and to drop copies. */
  readonly takesReplicas: boolean;
  /** Whether it can be asked what it has to compute. */
  readonly countsRuns: boolean;
}

/** What the scheduler knows of one worker. */
export class WorkerRecord {
  /** Unique in the scheduler's life: a worker that comes back is another. */
  readonly id: number;
  readonly about: WorkerAbout;
  /** What it has of abstract resources now. */
  resources: ReadonlyMap<string, number>;
  readonly threads: number;
  /** What follows from the two below. */
  status: WorkerStatus = 'running';
  reportedStatus: ReportedStatus = 'running';
  /** It is to leave when it has finished what it runs and its results are elsewhere. */
  isRetiring = false;
  /** What it was given to compute, in no order; each record knows its place. */
  readonly processing: TaskRecord[] = [];
  /** Whether it is among those of which a slot may be free. */
  mayHaveRoom = false;
  /** How many of `processing` left their slot. */
  longRunningCount = 0;
  /** Milliseconds of work in `processing`, by what their prefixes take, without the transfers. */
  computeMs = 0;
  /** KiB that `processing` had to fetch. */
  inboundKib = 0;
  /** When it last finished something, or got something to do after it had nothing; in milliseconds. */
  lastProgressAt = 0;
  /** How many of `processing` there are of each prefix, by its number. */
  readonly prefixCounts: number[] = [];
  /** The actors that live there, and those that it was given to make. */
  readonly actors = new Set<TaskRecord>();
  /** What `processing` occupies of its resources, also what stands in line for them. */
  readonly usedResources = new Map<string, number>();
  /** Results of which it is the first holder; each record knows its place. */
  readonly held: TaskRecord[] = [];
  /** Results of which it is a further holder. */
  readonly replicas = new Set<TaskRecord>();
  /** The sum of the sizes of `held` and `replicas`. */
  nbytes = 0;
  /** Bytes of results that it has on disk alone, and bytes that are no results and have long been there; as it said last. */
  spilledBytes = 0;
  unmanagedBytes = 0;
  /** When it was last heard of, in milliseconds. */
  lastSeenAt: number;
  /** How far `processing` was compared with what the worker itself has to compute. */
  readonly audit = new RunAudit();
  /** The scheduler's numbers of the types that it introduced, by its own. */
  readonly typeNumbers: number[] = [];

  constructor(id: number, about: WorkerAbout, at: number) {
    this.id = id;
    this.about = about;
    this.resources = about.resources;
    this.threads = about.threads;
    this.lastSeenAt = at;
  }
}

/** What the scheduler knows of one client, or of something that wants tasks as a client does. */
export class ClientRecord {
  readonly id: number;
  readonly name: string;
  /** Whether somebody is there to be told; not so for the owner of a graph that is still being taken in. */
  readonly isListening: boolean;
  /** The tasks that it wants, by its own numbers. */
  readonly tasks = new IdTable<TaskRecord>();
  /** The smallest number that it has not used. */
  nextId = 0;

  constructor(id: number, name: string, isListening: boolean) {
    this.id = id;
    this.name = name;
    this.isListening = isListening;
  }
}

/** What an unknown result is taken to weigh, in bytes. */
const DEFAULT_NBYTES = 1024;

/** The size of a task's result for estimates. */
export function nbytesOf(task: TaskRecord): number {
  return task.nbytes < 0 ? DEFAULT_NBYTES : task.nbytes;
}

/** What a task depends on, as an array that is not to be changed. */
export function dependenciesOf(task: TaskRecord): readonly TaskRecord[] {
  const { dependencies } = task;
  if (dependencies === null) return [];
  return Array.isArray(dependencies) ? dependencies : [dependencies];
}

/** What depends on a task, as an array that is not to be changed. */
export function dependentsOf(task: TaskRecord): readonly TaskRecord[] {
  return Array.isArray(task.dependents) ? task.dependents : membersOf(task.dependents);
}

/** Who wants a task, and as what. */
export function wantsOf(task: TaskRecord): Want[] {
  return task.wantedBy === null ? [] : [{ client: task.wantedBy, id: task.wantedId }, ...(task.moreWants ?? [])];
}

/** Whether a client wants it, or a dependent is going to. */
export function isNeeded(task: TaskRecord): boolean {
  return task.wantedBy !== null || task.waiterCount > 0;
}

/** The third part of a task's priority: its place within its submission, or in the order of all tasks. */
export function orderOf(task: TaskRecord): number {
  const order = task.graph === null ? null : task.graph.order;
  return order === null ? task.id : (order[task.row] as number);
}

/** Which of two tasks runs first: negative for `a`. */
export function comparePriority(a: TaskRecord, b: TaskRecord): number {
  const graphA = a.graph;
  const graphB = b.graph;
  if (graphA !== graphB && graphA !== null && graphB !== null) {
    const byUser = graphB.options.priority - graphA.options.priority;
    if (byUser !== 0) return byUser;
    const byGeneration = graphA.generation - graphB.generation;
    if (byGeneration !== 0) return byGeneration;
  }
  const byOrder = orderOf(a) - orderOf(b);
  return byOrder === 0 ? a.id - b.id : byOrder;
}

/** How many of its tasks need a thread of it. */
export function busyCount(worker: WorkerRecord): number {
  return worker.processing.length - worker.longRunningCount;
}
