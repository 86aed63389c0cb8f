import type { LocalTask } from '../core/local-task.js';

/** Whether something of it may still have to be run here. */
function isOpen(task: LocalTask): boolean {
  return task.isExecuting || task.isComputeWanted;
}

/**
 * Numbers of the functions that schedulers have introduced and that are kept.
 *
 * A scheduler says when a function of its own can go. Of those that former schedulers introduced nobody speaks any more: they
 * are kept for as long as a task runs that began then.
 */
export class IntroducedFunctions {
  readonly #own = new Set<number>();
  /** What former schedulers introduced, with the tasks that it is kept for. */
  readonly #former = new Map<number, LocalTask[]>();

  introduce(functionId: number): void {
    this.#own.add(functionId);
  }

  /** The scheduler says that this one can go. */
  forget(functionId: number): void {
    this.#own.delete(functionId);
  }

  /** The scheduler is gone: which functions can go with it, since none of `tasks` needs them. */
  loseScheduler(tasks: Iterable<LocalTask>): number[] {
    for (const task of tasks) {
      if (!isOpen(task)) continue;
      const { functionId } = task;
      if (this.#own.delete(functionId)) this.#former.set(functionId, [task]);
      else this.#former.get(functionId)?.push(task);
    }
    const unused = [...this.#own];
    this.#own.clear();
    return unused;
  }

  /** Which functions of former schedulers nothing runs any more; each is named once. */
  takeEnded(): readonly number[] {
    if (this.#former.size === 0) return NONE;
    const ended: number[] = [];
    for (const [functionId, tasks] of this.#former) {
      if (tasks.some(isOpen)) continue;
      this.#former.delete(functionId);
      ended.push(functionId);
    }
    return ended;
  }
}

const NONE: readonly number[] = [];
