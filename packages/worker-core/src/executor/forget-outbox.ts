import type { PoolThread } from './pool-thread.js';

/** What threads are to forget is told of along with tasks, or after this many milliseconds. */
const FORGET_DELAY_MS = 100;

/** Tells threads of values, functions and code that are of no use any more, many at a time. */
export class ForgetOutbox {
  readonly #threads: () => Iterable<PoolThread>;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param threads - all that may know something */
  constructor(threads: () => Iterable<PoolThread>) {
    this.#threads = threads;
  }

  /** Live copies of this value are of no use any more. */
  forgetValue(taskId: number): void {
    for (const thread of this.#threads()) thread.forgotten.push(taskId);
    this.#schedule();
  }

  /** No task will refer to this function again. */
  forgetFunction(functionId: number): void {
    for (const thread of this.#threads()) {
      if (thread.knownFunctions.delete(functionId)) thread.forgottenFunctions.push(functionId);
    }
    this.#schedule();
  }

  /** No function will refer to this code again. */
  forgetUnit(hash: string): void {
    for (const thread of this.#threads()) if (thread.knownUnits.delete(hash)) thread.forgottenUnits.push(hash);
    this.#schedule();
  }

  /** Tells a thread at once what there is. */
  send(thread: PoolThread): void {
    const { forgotten: taskIds, forgottenFunctions: functionIds, forgottenUnits: unitHashes } = thread;
    if (taskIds.length + functionIds.length + unitHashes.length === 0) return;
    thread.link?.post({ kind: 'forget', taskIds, functionIds, unitHashes }, []);
    thread.forgotten = [];
    thread.forgottenFunctions = [];
    thread.forgottenUnits = [];
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const thread of this.#threads()) this.send(thread);
    }, FORGET_DELAY_MS).unref();
  }
}
