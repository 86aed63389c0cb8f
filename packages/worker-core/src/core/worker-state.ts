import type { FunctionStats } from './function-stats.js';
import type { LocalTask } from './local-task.js';
import type { PeerRecord } from './peer-record.js';
import { ReadyHeap } from './ready/ready-heap.js';
import { ResourcePool } from './ready/resource-pool.js';
import { Story } from './story.js';
import { TaskWatch } from './stuck/task-watch.js';

/** What the core may use, and how far ahead it plans. All are given; the core has no defaults of its own. */
export interface WorkerStateOptions {
  /** Threads that run tasks, each one at a time. */
  readonly threads: number;
  /** How much it has of each abstract resource. */
  readonly resources: Readonly<Record<string, number>>;
  /** Work handed to each thread ahead of time, so that it never waits for the next message. Milliseconds. */
  readonly pushAheadMs: number;
  /** Tasks per thread that may wait for promises at the same time. */
  readonly suspendedMaxPerThread: number;
  /** Bytes asked of one peer at a time; a single larger value is asked for alone. */
  readonly gatherBytesMax: number;
  /** Peers asked at the same time. */
  readonly gatherPeersMax: number;
  /** Bytes under way to this worker at the same time; one transfer may always go on. */
  readonly incomingBytesMax: number;
  /** Results that may be in memory, with those that are expected of running tasks. What would not fit waits. */
  readonly memoryBytesMax: number;
  /** After this many milliseconds a busy peer is asked again. */
  readonly busyRetryMs: number;
  /** Steps that the story remembers. */
  readonly storyRows: number;
}

/** What the shell knows of the memory for results. Read at the moment of each decision, never kept. */
export interface MemoryGauge {
  /** Bytes of results in memory. */
  readonly residentBytes: number;
  /** Whether results are being moved to disk; `memory-freed` is given when that ends. */
  readonly isRelieving: boolean;
}

const UNLIMITED: MemoryGauge = { residentBytes: 0, isRelieving: false };

/**
 * All that a worker knows. Plain data; only the core writes to it.
 *
 * Invariants, checked by `validateState`:
 * - I1 A task is kept only while it is wanted, in memory, or under way in a thread or on a line.
 * - I2 `waiterCount`, `missingCount` and `waiting` say the same as the `dependencies` of attached tasks.
 * - I3 A task is attached exactly while the scheduler wants it computed and it has no result.
 * - I4 The heap of ready tasks, and the lines for resources, hold exactly the ready tasks; the set of missing ones exactly the missing ones.
 * - I5 What is to be fetched has a known holder, and stands in the heap of each.
 * - I6 What is in flight was asked of exactly one peer; who was asked is asked for something.
 * - I7 The counters of running tasks, of what they are expected to make, and of bytes under way equal what is so.
 * - I8 Nothing that is in no thread is stopping, suspended or overdue.
 * - I9 The most urgent of those that lack no resource is the next. What is free of a resource and what running tasks occupy of it is all there is; nothing is occupied twice.
 * - I10 Who asks for a slot again is long-running, and asks once; none is left over.
 * - I11 Nothing that is ready waits while a slot is free; nothing is to be fetched without a transfer under way, if it can be had.
 * - I12 What is in memory keeps neither arguments nor the names of other holders.
 */
export class WorkerState {
  readonly options: WorkerStateOptions;
  readonly memory: MemoryGauge;
  /** This worker's own number, once the scheduler gave it one; -1 while it has none. */
  selfId = -1;
  /** Where peers reach this worker. */
  selfAddress = '';
  readonly tasks = new Map<number, LocalTask>();
  readonly functions = new Map<number, FunctionStats>();
  readonly peers = new Map<number, PeerRecord>();
  /** Numbers of workers that have left the cluster. */
  readonly gone = new Set<number>();
  /** Peers that have been asked and have not answered, gone ones too. */
  readonly gathering = new Map<number, PeerRecord>();
  /** Peers whose heap is not empty. */
  readonly peersInNeed = new Set<PeerRecord>();
  readonly ready = new ReadyHeap();
  readonly resources: ResourcePool;
  readonly missing = new Set<LocalTask>();
  isPaused = false;

  /** Tasks that were handed to threads, neither suspended nor overdue nor long-running. */
  activeCount = 0;
  /** What those are expected to take, in milliseconds. */
  activeMs = 0;
  suspendedCount = 0;
  overdueCount = 0;
  longRunningCount = 0;
  /** Those of them that ask for a slot, in order. */
  readonly rejoining: LocalTask[] = [];
  incomingBytes = 0;
  /** What tasks in threads are expected to result in. */
  expectedBytes = 0;

  /** Decreases, so that among equals what came last runs first. */
  counter = 0;
  /** How far tasks were looked through for those that wait for nothing. */
  readonly watch = new TaskWatch();
  /** Number of the last stimulus of this worker's own. */
  stimulusSerial = 0;
  readonly story: Story;

  constructor(options: WorkerStateOptions, memory: MemoryGauge = UNLIMITED) {
    this.options = options;
    this.resources = new ResourcePool(options.resources);
    this.memory = memory;
    this.story = new Story(options.storyRows);
  }
}
