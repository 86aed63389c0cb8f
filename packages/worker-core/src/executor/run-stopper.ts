import { takeLostRuns } from './lost-runs.js';
import { threadOfRun, type PoolThread, type Run } from './pool-thread.js';
import type { AbortedMessage } from './thread-messages.js';
import type { ThreadPoolOptions } from './thread-pool-options.js';
import type { ThreadPool } from './thread-pool.js';

/** What becomes of runs when one of them is stopped. */
export interface RunStopperEvents {
  /** It has no result, as it was to be. */
  onEnded(run: Run): void;
  /** Its thread was ended because of another; it had begun. */
  onReturned(run: Run): void;
  /** The same; it had not begun. */
  onRecalled(run: Run): void;
}

type Limits = Required<Pick<ThreadPoolOptions, 'busyGraceMs' | 'suspendedGraceMs' | 'listeningGraceMs' | 'answerMs'>>;

/**
 * Ends runs that have begun, and takes their threads away from them if it must.
 *
 * A thread answers when it is told that a run is to end. One that does not is kept by something: by the run itself, then
 * it is ended; by another task, then that one may go on, and the run is given up; or by what a task does after it had
 * waited, which cannot be seen from outside, and which gets some time if it may be another task's.
 */
export class RunStopper {
  readonly #limits: Limits;
  readonly #pool: ThreadPool;
  readonly #events: RunStopperEvents;
  readonly #watches = new Set<NodeJS.Timeout>();

  constructor(limits: Limits, pool: ThreadPool, events: RunStopperEvents) {
    this.#limits = limits;
    this.#pool = pool;
    this.#events = events;
  }

  /** Lets a run that has begun end by itself, for a while; then ends it. */
  end(run: Run, ending: 'stopped' | 'timeout'): void {
    if (run.ending !== 'no') return;
    run.ending = ending;
    const code = ending === 'timeout' ? 'GRID_WORKER_TASK_TIMEOUT' : 'GRID_WORKER_TASK_STOPPED';
    threadOfRun(run).link?.post({ kind: 'abort', taskId: run.task.taskId, code }, []);
    this.#later(run, this.#limits.busyGraceMs, () => this.#onBusy(run));
  }

  /** The thread goes round: the run waits for something, and may have heard that it is to end. */
  onAborted(thread: PoolThread, { taskId, isListening }: AbortedMessage): void {
    const run = thread.runs.get(taskId);
    if (run === undefined || run.ending === 'no') return;
    const { listeningGraceMs, suspendedGraceMs } = this.#limits;
    this.#later(run, isListening ? listeningGraceMs : suspendedGraceMs, () => this.#giveUp(run));
  }

  /** Leaves no timer of its own behind; those of runs go with their threads. */
  close(): void {
    for (const watch of this.#watches) clearTimeout(watch);
  }

  #later(run: Run, ms: number, act: () => void): void {
    clearTimeout(run.timer);
    run.timer = setTimeout(act, ms).unref();
  }

  #onBusy(run: Run): void {
    if (threadOfRun(run).current() === run) this.#endThread(run);
    else this.#later(run, this.#limits.answerMs - this.#limits.busyGraceMs, () => this.#onSilence(run));
  }

  #onSilence(run: Run): void {
    const thread = threadOfRun(run);
    const current = thread.current();
    const isAlone = [...thread.runs.values()].every((other) => other === run || !thread.hasBegun(other));
    if (current === run || (current === undefined && isAlone)) {
      this.#endThread(run);
      return;
    }
    this.#giveUp(run);
    if (current !== undefined) return;
    for (const other of thread.recall()) this.#events.onRecalled(other);
    this.#watchSilent(thread);
  }

  /** Others that wait in its thread are not to suffer: the thread ends after them. */
  #giveUp(run: Run): void {
    const thread = threadOfRun(run);
    // First, or what takes its place in this moment would be given to a thread that takes nothing any more.
    if (!thread.isRetiring) this.#pool.retire(thread);
    this.#events.onEnded(run);
    this.#pool.endIfIdle(thread);
  }

  #endThread(run: Run): void {
    const thread = threadOfRun(run);
    this.#pool.end(thread);
    const { begun, recalled } = takeLostRuns(thread);
    this.#events.onEnded(run);
    for (const other of begun) if (other !== run) this.#events.onReturned(other);
    for (const other of recalled) this.#events.onRecalled(other);
  }

  /** What waits in a thread that never goes round again runs again elsewhere. */
  #watchSilent(thread: PoolThread): void {
    const { heardCount } = thread;
    const watch = setTimeout(() => {
      this.#watches.delete(watch);
      if (thread.runs.size === 0 || thread.heardCount !== heardCount) return;
      const runs = [...thread.runs.values()];
      for (const run of runs) thread.release(run);
      this.#pool.end(thread);
      for (const run of runs) this.#events[run.ending === 'no' ? 'onReturned' : 'onEnded'](run);
    }, this.#limits.listeningGraceMs).unref();
    this.#watches.add(watch);
  }
}
