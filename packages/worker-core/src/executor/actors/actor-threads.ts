import type { CoordinationAnswer, MessageWith } from '@grid/protocol';

import type { ExecutorEvents, TaskToRun } from '../executor.js';
import { failureOf } from '../failure-of.js';
import { takeLostRuns, threadLostError } from '../lost-runs.js';
import { sendable } from '../pack-run-message.js';
import { Run, threadOfRun, type PoolThread } from '../pool-thread.js';
import { stopReason } from '../task-context.js';
import type { ThreadPool } from '../thread-pool.js';
import type { StoredValue } from '../../store/data-store.js';
import { lostActorError, lostThreadError } from './actor-loss.js';
import {
  actorOfOwner,
  ownerOfActor,
  type ActorAnswersMessage,
  type ActorToThread,
  type LineNumber,
} from './actor-messages.js';
import type { ActorPort } from './actor-port.js';

/** A thread that has no actors any more is kept for the next one for so many milliseconds. */
const IDLE_MS = 10_000;

const NEVER_RAN = { start: 0, duration: 0 };

/** An actor that is there. */
interface Home {
  readonly actorId: number;
  readonly taskId: number;
  readonly key: string;
  readonly thread: PoolThread;
}

/** What the threads of actors need of the executor. */
export interface ActorThreadsParts {
  /** Actors share threads where there are more of them than this. */
  readonly threadsMax: number;
  readonly pool: ThreadPool;
  /** `undefined`: nobody is told anything any more. */
  events(): ExecutorEvents | undefined;
  workerAddress(): string;
  /** Sends what has been assigned, at the end of what is being handled now. */
  flushSoon(): void;
}

/**
 * The threads in which actors live: one for each actor while there are few, beside those of the pool. A task that makes an
 * actor is run there; what it made stays.
 */
export class ActorThreads implements ActorPort {
  readonly #parts: ActorThreadsParts;
  readonly #threads: PoolThread[] = [];
  readonly #homes = new Map<number, Home>();
  /** Numbers of actors, by the tasks that made them. */
  readonly #byTask = new Map<number, number>();

  constructor(parts: ActorThreadsParts) {
    this.#parts = parts;
  }

  /** Has a thread make an actor. */
  assign(task: TaskToRun, inputs: readonly StoredValue[]): void {
    const run = new Run(task, inputs);
    run.actorId = task.runId;
    const thread = this.#freest();
    clearTimeout(thread.idleTimer);
    thread.add(run);
    if (task.timeoutMs > 0) run.timer = setTimeout(() => this.stop(run, 'timeout'), task.timeoutMs).unref();
    this.#parts.flushSoon();
  }

  /** Its task has ended well: the actor can be called. */
  settle({ actorId, task }: Run, thread: PoolThread): void {
    if (actorId < 0) return;
    const home: Home = { actorId, taskId: task.taskId, key: task.key, thread };
    this.#homes.set(actorId, home);
    this.#byTask.set(task.taskId, actorId);
    thread.actorCount += 1;
  }

  /** The making of an actor is to end, or has taken too long. Where others live the thread has to go on. */
  stop(run: Run, ending: 'stopped' | 'timeout'): void {
    const thread = threadOfRun(run);
    clearTimeout(run.timer);
    thread.release(run);
    thread.link?.post({ kind: 'actor-drop', actorId: run.actorId }, []);
    if (thread.actorCount + thread.runs.size === 0) this.#endThread(thread);
    queueMicrotask(() => {
      const { task } = run;
      if (ending === 'stopped') this.#parts.events()?.onReturned(task);
      else
        this.#parts.events()?.onFailure(task, failureOf(stopReason('GRID_WORKER_TASK_TIMEOUT', task.key)), NEVER_RAN);
    });
  }

  /** A task that was to make an actor has ended, in whichever way. */
  onRunEnd(thread: PoolThread): void {
    this.#endIfIdle(thread);
  }

  call(line: LineNumber, message: MessageWith<'actor-calls'>): void {
    const { callIds, actors, members, reads, names, args } = message;
    const thread = this.#threadOfAll(actors);
    if (thread === undefined) {
      this.#callOneByOne(line, message);
      return;
    }
    this.#post(thread, {
      kind: 'actor-calls',
      line,
      calls: {
        callIds: Uint32Array.from(callIds),
        actors: Float64Array.from(actors),
        members: Uint32Array.from(members),
        reads: Uint8Array.from(reads),
        names,
        args: {
          block: sendable(args.block),
          ends: Uint32Array.from(args.ends),
          buffers: args.buffers.map(({ row, buffers }) => ({ row, buffers: buffers.map(sendable) })),
        },
      },
    });
  }

  abandon(line: LineNumber, callIds: ArrayLike<number>): void {
    this.#postToAll({ kind: 'actor-abandon', line, callIds: Array.from(callIds) });
  }

  confirm(line: LineNumber, callIds: ArrayLike<number>): void {
    this.#postToAll({ kind: 'actor-confirm', line, callIds: Array.from(callIds) });
  }

  endLine(line: LineNumber): void {
    this.#postToAll({ kind: 'actor-confirm', line, callIds: null });
  }

  end(taskId: number): void {
    const actorId = this.#byTask.get(taskId);
    if (actorId === undefined) return;
    const home = this.#homes.get(actorId) as Home;
    this.#forget(home);
    this.#post(home.thread, { kind: 'actor-drop', actorId });
    this.#endIfIdle(home.thread);
  }

  onAnswers({ line, answers }: ActorAnswersMessage): void {
    this.#parts.events()?.onActorAnswers(line, answers);
  }

  /** Whether this is one of its threads. */
  has(thread: PoolThread): boolean {
    return this.#threads.includes(thread);
  }

  answerLine(owner: number, message: CoordinationAnswer): void {
    const actorId = actorOfOwner(owner);
    for (const thread of this.#threads) {
      const isMaker = [...thread.runs.values()].some((run) => run.actorId === actorId);
      if (isMaker || this.#homes.get(actorId)?.thread === thread)
        thread.link?.post({ kind: 'line-answer', owner, message }, []);
    }
  }

  /** A thread is gone, unasked: so are its actors. */
  onLost(thread: PoolThread, error: unknown): void {
    this.#remove(thread);
    const memory = { ...thread.memoryUsage, heapLimit: thread.heapLimit };
    const { culprit, begun, recalled } = takeLostRuns(thread);
    for (const run of [culprit, ...begun]) {
      if (run === undefined) continue;
      clearTimeout(run.timer);
      const failure = failureOf(threadLostError(error, run.task.key, memory));
      this.#parts.events()?.onFailure(run.task, failure, NEVER_RAN);
    }
    for (const { task } of recalled) this.#parts.events()?.onReturned(task);
    for (const home of [...this.#homes.values()].filter((other) => other.thread === thread)) {
      this.#forget(home);
      const failure = failureOf(lostThreadError(home.key, this.#parts.workerAddress(), error, memory));
      this.#parts.events()?.onActorLost(home.actorId, home.taskId, failure);
    }
  }

  close(): void {
    for (const thread of this.#threads) clearTimeout(thread.idleTimer);
  }

  #freest(): PoolThread {
    const threads = this.#threads;
    let best: PoolThread | undefined;
    for (const thread of threads) if (best === undefined || loadOf(thread) < loadOf(best)) best = thread;
    if (best !== undefined && (loadOf(best) === 0 || threads.length >= this.#parts.threadsMax)) return best;
    const thread = this.#parts.pool.startExtra();
    threads.push(thread);
    return thread;
  }

  /** The thread that has all of these; `undefined`: there is none. */
  #threadOfAll(actors: ArrayLike<number>): PoolThread | undefined {
    const first = this.#homes.get(actors[0] as number)?.thread;
    for (let row = 1; row < actors.length; row += 1) {
      if (actors[row] === actors[row - 1]) continue;
      if (this.#homes.get(actors[row] as number)?.thread !== first) return undefined;
    }
    return first;
  }

  #callOneByOne(line: LineNumber, message: MessageWith<'actor-calls'>): void {
    const { callIds, actors, members, reads, args } = message;
    for (let row = 0; row < callIds.length; row += 1) {
      const actor = actors[row] as number;
      const callId = callIds[row] as number;
      if (!this.#homes.has(actor)) {
        this.#answerLost(line, callId);
        continue;
      }
      const start = row === 0 ? 0 : (args.ends[row - 1] as number);
      const block = args.block.slice(start, args.ends[row]);
      const buffers = args.buffers.find((entry) => entry.row === row)?.buffers ?? [];
      this.call(line, {
        op: 'actor-calls',
        callIds: [callId],
        actors: [actor],
        members: [members[row] as number],
        reads: [reads[row] as number],
        names: message.names,
        args: { block, ends: [block.length], buffers: buffers.length === 0 ? [] : [{ row: 0, buffers }] },
      });
    }
  }

  #answerLost(line: LineNumber, callId: number): void {
    const failure = failureOf(lostActorError(this.#parts.workerAddress()));
    const results = { block: new Uint8Array(0), ends: [0], buffers: [] };
    this.#parts.events()?.onActorAnswers(line, {
      callIds: [callId],
      results,
      failures: [{ row: 0, failure }],
      held: [],
    });
  }

  #forget({ actorId, taskId, thread }: Home): void {
    this.#homes.delete(actorId);
    this.#byTask.delete(taskId);
    thread.actorCount -= 1;
    this.#parts.events()?.onLineEnd(ownerOfActor(actorId));
  }

  #endIfIdle(thread: PoolThread): void {
    if (loadOf(thread) > 0 || !this.has(thread)) return;
    clearTimeout(thread.idleTimer);
    thread.idleTimer = setTimeout(() => {
      if (loadOf(thread) === 0) this.#endThread(thread);
    }, IDLE_MS).unref();
  }

  #endThread(thread: PoolThread): void {
    this.#remove(thread);
    this.#parts.pool.end(thread);
  }

  #remove(thread: PoolThread): void {
    clearTimeout(thread.idleTimer);
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.splice(index, 1);
  }

  #post(thread: PoolThread, message: ActorToThread): void {
    thread.link?.post(message, []);
  }

  #postToAll(message: ActorToThread): void {
    for (const thread of this.#threads) this.#post(thread, message);
  }
}

function loadOf({ actorCount, runs }: PoolThread): number {
  return actorCount + runs.size;
}
