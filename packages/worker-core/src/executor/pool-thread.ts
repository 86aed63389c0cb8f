import { invariant } from '@grid/common';

import type { StoredValue } from '../store/data-store.js';
import type { TaskToRun, ThreadMemory } from './executor.js';
import type { ThreadLink } from './thread-link.js';
import { CONTROL, CONTROL_LENGTH } from './thread-messages.js';

/** One run of one task, from `execute` to its end. */
export class Run {
  readonly task: TaskToRun;
  /** The values of its dependencies, which may leave the store before it begins. */
  readonly inputs: readonly StoredValue[];
  thread: PoolThread | undefined;
  /** Place in its thread's order. Wraps around at 32 bits. */
  sequence = 0;
  isSent = false;
  /** Has returned a promise. */
  isSuspended = false;
  isOverdue = false;
  /** The number of the actor that it makes; -1: it makes none. */
  actorId = -1;
  hasSeceded = false;
  /** It is to end, since nobody wants it (`'stopped'`) or since its time is up. */
  ending: 'no' | 'stopped' | 'timeout' = 'no';
  /** Ends its thread if it has not ended by itself; or fires when its time is up. */
  timer: NodeJS.Timeout | undefined;

  constructor(task: TaskToRun, inputs: readonly StoredValue[]) {
    this.task = task;
    this.inputs = inputs;
  }
}

/** The main side's record of a thread. */
export class PoolThread {
  readonly control = new Int32Array(new SharedArrayBuffer(CONTROL_LENGTH * Int32Array.BYTES_PER_ELEMENT));
  link: ThreadLink | undefined;
  isReady = false;
  /** How many messages it has sent. */
  heardCount = 0;
  /** The executor that it belongs to; empty: none. */
  readonly executor: string;
  /** Gets no more tasks; it is ended once those that it has are done. */
  isRetiring = false;
  /** It is being ended, or is gone. */
  isEnding = false;
  /** A task keeps it for longer than expected. */
  isStuck = false;
  /** Given to it and not answered, by task id, in order. */
  readonly runs = new Map<number, Run>();
  /** Given to it and not yet sent. */
  outgoing: Run[] = [];
  /** What the runs that keep it are expected to take, in milliseconds. */
  pendingMs = 0;
  nextSequence = 0;
  readonly knownFunctions = new Set<number>();
  /** Hashes of code. */
  readonly knownUnits = new Set<string>();
  /** Names of kinds of results, by the thread's numbers. */
  readonly typeNames: string[] = [];
  /** Values that left the store since the last message. */
  forgotten: number[] = [];
  forgottenFunctions: number[] = [];
  forgottenUnits: string[] = [];
  /** What is run in it makes actors, which stay. */
  isForActors = false;
  /** How many of them there are. */
  actorCount = 0;
  /** Ends it when it has had no actors for a while. */
  idleTimer: NodeJS.Timeout | undefined;
  /** What the watch saw last, and when it saw it first. */
  seenHead = 0;
  seenAt = 0;
  /** Where the head was put when runs were taken back last, and the number of the run that had begun last by then. */
  #headAfterRecall = 0;
  #begunBeforeRecall = -1;

  constructor(executor = '') {
    this.executor = executor;
  }

  /** Whether the thread has taken up `run`; it may have ended since. */
  hasBegun(run: Run): boolean {
    return run.isSent && ((Atomics.load(this.control, CONTROL.head) - run.sequence) | 0) > 0;
  }

  /** The run that keeps the thread now, if one does. */
  current(): Run | undefined {
    if (Atomics.load(this.control, CONTROL.isBusy) === 0) return undefined;
    const head = Atomics.load(this.control, CONTROL.head);
    const sequence = head === this.#headAfterRecall ? this.#begunBeforeRecall : (head - 1) | 0;
    for (const run of this.runs.values()) if (run.isSent && run.sequence === sequence && !run.isSuspended) return run;
    return undefined;
  }

  /** Bytes on the thread's heap, and outside of it as far as its collector knows; some time ago. */
  get memoryUsage(): ThreadMemory {
    return {
      heap: Atomics.load(this.control, CONTROL.heapKib) * 1024,
      external: Atomics.load(this.control, CONTROL.externalKib) * 1024,
    };
  }

  /** Bytes that the thread's heap may take; 0 before it has said so. */
  get heapLimit(): number {
    return Atomics.load(this.control, CONTROL.heapLimitKib) * 1024;
  }

  /** Whether it is to be asked to collect: it is not while it has yet to do so. */
  askToCollect(): boolean {
    return Atomics.exchange(this.control, CONTROL.isCollectDue, 1) === 0;
  }

  /** Takes back what has been sent and has not begun, and what has not been sent, in order. */
  recall(): Run[] {
    const head = Atomics.exchange(this.control, CONTROL.head, this.nextSequence);
    // What runs now runs on, and its number is not the one before the head any more.
    if (head !== this.#headAfterRecall) this.#begunBeforeRecall = (head - 1) | 0;
    this.#headAfterRecall = this.nextSequence;
    const recalled: Run[] = [];
    this.outgoing = [];
    for (const run of this.runs.values()) if (!run.isSent || ((run.sequence - head) | 0) >= 0) recalled.push(run);
    for (const run of recalled) this.release(run);
    return recalled;
  }

  add(run: Run): void {
    run.thread = this;
    this.runs.set(run.task.taskId, run);
    this.outgoing.push(run);
    this.pendingMs += run.task.estimateMs;
  }

  /** The run has ended, or is not here any more. */
  release(run: Run): void {
    if (!this.runs.delete(run.task.taskId)) return;
    if (!run.isSuspended) this.#unload(run);
    run.thread = undefined;
    run.isSent = false;
  }

  /** Takes what is to be sent, numbered. */
  takeOutgoing(): Run[] {
    const runs = this.outgoing;
    this.outgoing = [];
    for (const run of runs) {
      run.sequence = this.nextSequence;
      run.isSent = true;
      this.nextSequence = (this.nextSequence + 1) | 0;
    }
    return runs;
  }

  /** The run waits for a promise and keeps the thread no more. */
  suspend(run: Run): void {
    run.isSuspended = true;
    this.#unload(run);
  }

  #unload(run: Run): void {
    if (run.isOverdue) this.isStuck = false;
    this.pendingMs = this.runs.size === 0 ? 0 : this.pendingMs - run.task.estimateMs;
  }
}

/** Names a run's thread; a run that is under way has one. */
export function threadOfRun(run: Run): PoolThread {
  const { thread } = run;
  invariant(thread !== undefined, `task ${run.task.key} is under way in no thread`);
  return thread;
}
