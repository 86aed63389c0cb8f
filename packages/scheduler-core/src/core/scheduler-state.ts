import { IdTable } from '@grid/common';
import type { Orphans } from './inventory.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from './records.js';
import { KeyIndex } from './key-index.js';
import { OutputBook } from './output/output-book.js';
import { SlotOrder } from './placement/slot-order.js';
import type { SchedulerPolicy } from './scheduler-options.js';
import type { Steal } from './stealing/steal.js';
import { SpanTable } from './spans/span-table.js';
import { Story } from './story.js';
import { TaskStream } from './task-stream.js';
import type { StuckKind } from './stuck/stuck-finding.js';
import { TaskWatch } from './stuck/task-watch.js';
import type { TaskGroup } from './task-group.js';
import type { TaskPrefix } from './task-prefix.js';
import { TaskQueue } from './task-queue.js';
import { STATE_COUNT } from './task-state.js';
import type { Death } from './worker-exit.js';

/**
 * Theory of operation.
 *
 * The core owns every decision: which tasks exist, in which state each is, who computes it, who is told. The shell owns
 * time and lines: it turns messages into stimuli, calls `handleStimulus`, and writes the effects that the core names on
 * its output into the outboxes of connections, where they wait for the end of the turn. So nothing leaves before the
 * core has come to rest.
 *
 * An event changes records and *recommends* next states. The work list `work` holds the recommended tasks; the last one
 * recommended is taken first, and a later recommendation for a task replaces the earlier one. A transition takes one task
 * one step and recommends others; it never calls another transition. When the list is empty, free slots of workers are
 * filled from the queue: always after the downstream tasks, or depth-first order would be lost.
 *
 * Counters stand for sets. `waitingCount` of a waiting task and `waiterCount` of its dependencies change only where a
 * task enters or leaves the active states (waiting, no-worker, queued, processing) or the state memory.
 *
 * `validateState` checks these invariants, by number:
 *
 * - S1 A task is in exactly one state; tables and counts say the same as the records.
 * - S2 released: not processing, no holders, nobody counts on it to be counted.
 * - S3 waiting: `waitingCount` is the number of dependencies that are not in memory, and is above 0.
 * - S4 queued, no-worker: all dependencies are in memory; it is in exactly one queue.
 * - S5 processing: on exactly one live worker, and in its list at its place.
 * - S6 memory: at least one live holder, and a size.
 * - S7 erred: has a failure, no holders; no dependent is active.
 * - S8 forgotten: referenced by nothing.
 * - S9 `dependents` is the inverse of `dependencies`, and `waiterCount` counts the active dependents.
 * - S10 `whoHas` and what workers hold are inverse; a worker's `nbytes` is their sum.
 * - S11 a wanted or needed task is never released at rest; a task that nobody can ask for any more is not kept.
 * - S12 `suspicious` never exceeds the allowed failures but in `erred`, and is the number of the task's deaths.
 * - S13 a worker's estimates are the sums over its tasks; only running workers were given new ones.
 * - S14 clients and tasks know each other by the same numbers.
 * - S15 no running worker is short of tasks while one is queued; those that may have room are listed.
 * - S16 the work list is empty at rest.
 * - S17 a steal is about the present run of a task on its victim.
 * - S18 a copy is asked of a running worker that has none, of a result that somebody has.
 * - S19 a hold for a result is that of a task which is processing or in memory.
 * - S20 an actor is listed at the one worker that makes it or on which it lives, which holds its handle.
 * - S21 a span counts the states of its tasks, and the bytes of those that are in memory.
 * - S22 groups, prefixes, graphs, and workers by prefix, count their tasks.
 * - S23 the first in the queue comes before all others there.
 * - S24 no running worker may run what is without worker.
 * - S25 every number is below the next one of its kind that is given.
 * - S26 data that is planned is on its way to a worker that is here; nothing is arriving at rest.
 */
export interface SchedulerState {
  readonly policy: SchedulerPolicy;
  readonly tasks: IdTable<TaskRecord>;
  readonly keys: KeyIndex;
  readonly groups: Map<string, TaskGroup>;
  readonly prefixes: Map<string, TaskPrefix>;
  /** Numbers of prefixes that were forgotten. */
  readonly freePrefixNumbers: number[];
  /** In the order in which they came. */
  readonly workers: WorkerRecord[];
  readonly workersById: Map<number, WorkerRecord>;
  readonly clients: Map<number, ClientRecord>;
  /** How many tasks there are in each state. */
  readonly stateCounts: number[];
  /** How often each transition was taken, by `from * 8 + to`. */
  readonly stepCounts: Float64Array;
  readonly queue: TaskQueue;
  /** Tasks in `no-worker`, in the order in which they came, and when: milliseconds since the epoch. */
  readonly unrunnable: Map<TaskRecord, number>;
  /** Plain data that clients were told to send to workers and that has not arrived, and the workers that shall have it. */
  readonly planned: Map<TaskRecord, WorkerRecord[]>;
  /** Results in memory, and the workers that were asked for a further copy and have not answered. */
  readonly acquiring: Map<TaskRecord, WorkerRecord[]>;
  /** How the workers died that tasks are suspected to have killed; see {@link blameForDeath}. */
  readonly deaths: Map<TaskRecord, readonly Death[]>;
  /** Tasks of which somebody wants more than one copy, and how many. */
  readonly desiredCopies: Map<TaskRecord, number>;
  /** Tasks that workers were asked to give up, or have refused to. */
  readonly steals: Map<TaskRecord, Steal>;
  /** Who wants what there are futures of in a result, by the task whose result that is. */
  readonly resultHolds: Map<TaskRecord, ClientRecord>;
  /** Wants what is to be done though nobody may want it; `null` before there was any. */
  forgetful: ClientRecord | null;
  /** What workers have brought of a former scheduler; `null`: nothing, or it is not kept any more. */
  orphans: Orphans | null;
  /** Pieces of programs that tasks were submitted from. */
  readonly spans: SpanTable;
  readonly story: Story;
  /** What ran where and when. */
  readonly taskStream: TaskStream;
  /** What tasks wrote. */
  readonly output: OutputBook;
  /** Tasks with a recommended state; the last is next. */
  readonly work: TaskRecord[];
  /** What is known of the result that `processing→memory` or `released→memory` is about. */
  readonly arrival: Arrival;
  /** What all steps at the moment are caused by. */
  readonly cause: { stimulusId: number; opNumber: number; at: number };
  /** The smallest number that a task of this scheduler can have; those of former ones are below. */
  firstTaskId: number;
  nextTaskId: number;
  nextWorkerId: number;
  nextClientId: number;
  nextRunId: number;
  /** Of submissions: those of the first are numbered 0. */
  generation: number;
  lastSubmitAt: number;
  /** Bytes a second between workers, as they have measured it. */
  bandwidth: number;
  /** All threads of running workers. */
  totalThreads: number;
  /** Workers that take the next tasks of the queue. */
  readonly slotOrder: SlotOrder;
  /** Whether a slot may have opened since the queue was last served. */
  mayHaveOpenSlots: boolean;
  /** Workers that may have a free slot: all running ones but those that were seen to be full. */
  readonly roomy: WorkerRecord[];
  /** For placing tasks in turn. */
  roundRobin: number;
  /** Changes when workers come, go or change their status. */
  workersVersion: number;
  /** Messages that were about an earlier run, or about what is gone. They are normal; many are a sign. */
  staleCount: number;
  /** What waited for nothing and was put right, since the start; see {@link StuckKind}. */
  readonly stuckCounts: Record<StuckKind, number>;
  /** How far tasks were looked through for those that wait for nothing. */
  readonly watch: TaskWatch;
  /** How many tasks workers died of, since the start. */
  suspiciousCount: number;
}

/** A result that has just come to lie on a worker. One object, used again and again. */
export interface Arrival {
  worker: WorkerRecord | null;
  nbytes: number;
  typeId: number;
  durationMs: number;
  /** When it began to be computed, in milliseconds since the epoch. */
  startMs: number;
  /** The task whose encoded result came along, `null` if none did. */
  inlineTask: TaskRecord | null;
  inlineBlock: Uint8Array | null;
  inlineStart: number;
  inlineEnd: number;
}

/** The state of a scheduler that has heard of nobody. */
export function createSchedulerState(policy: SchedulerPolicy): SchedulerState {
  return {
    policy,
    tasks: new IdTable(),
    keys: new KeyIndex(),
    groups: new Map(),
    prefixes: new Map(),
    freePrefixNumbers: [],
    workers: [],
    workersById: new Map(),
    clients: new Map(),
    stateCounts: new Array<number>(STATE_COUNT).fill(0),
    stepCounts: new Float64Array(STATE_COUNT * STATE_COUNT),
    queue: new TaskQueue(),
    unrunnable: new Map(),
    planned: new Map(),
    acquiring: new Map(),
    deaths: new Map(),
    desiredCopies: new Map(),
    steals: new Map(),
    resultHolds: new Map(),
    forgetful: null,
    orphans: null,
    spans: new SpanTable(),
    story: new Story(policy.storyLength),
    taskStream: new TaskStream(policy.taskStreamLength),
    output: new OutputBook(),
    work: [],
    arrival: {
      worker: null,
      nbytes: 0,
      typeId: -1,
      durationMs: 0,
      startMs: 0,
      inlineTask: null,
      inlineBlock: null,
      inlineStart: 0,
      inlineEnd: 0,
    },
    cause: { stimulusId: 0, opNumber: 0, at: 0 },
    firstTaskId: 0,
    nextTaskId: 0,
    nextWorkerId: 0,
    nextClientId: 0,
    nextRunId: 1,
    generation: 0,
    lastSubmitAt: -Infinity,
    bandwidth: policy.bandwidth,
    totalThreads: 0,
    slotOrder: new SlotOrder(),
    mayHaveOpenSlots: false,
    roomy: [],
    roundRobin: 0,
    workersVersion: 0,
    staleCount: 0,
    stuckCounts: { 'lost-run': 0, 'unwanted-run': 0, 'no-reason': 0 },
    watch: new TaskWatch(),
    suspiciousCount: 0,
  };
}
