import type { TaskActivity } from './executor.js';
import type { ActivitiesMessage } from './thread-messages.js';

/** Below so many bytes it would take longer to tell of than it took. */
export const METERED_BYTES_MIN = 32 * 1024;

/** What is collected is sent from so many kinds on, whether or not a task has ended. */
const ROWS_MAX = 1000;

/** Names of users are cut to so many characters. */
const NAME_LENGTH_MAX = 200;

/** Adds up what the tasks of a thread spend time and bytes on, until somebody is told of their ends. */
export class TaskMeter {
  readonly #post: (message: ActivitiesMessage) => void;
  readonly #sums = new Map<string, { -readonly [Name in keyof TaskActivity]: TaskActivity[Name] }>();

  constructor(post: (message: ActivitiesMessage) => void) {
    this.#post = post;
  }

  add(taskId: number, activity: string, value: number, unit: string): void {
    const key = `${String(taskId)} ${unit}\n${activity}`;
    const sum = this.#sums.get(key);
    if (sum !== undefined) {
      sum.value += value;
      return;
    }
    if (this.#sums.size >= ROWS_MAX) this.flush();
    this.#sums.set(key, {
      taskId,
      activity: activity.slice(0, NAME_LENGTH_MAX),
      unit: unit.slice(0, NAME_LENGTH_MAX),
      value,
    });
  }

  /** Something was done once, with so many bytes. */
  took(taskId: number, activity: string, ms: number, bytes: number): void {
    this.add(taskId, activity, ms / 1000, 'seconds');
    this.add(taskId, activity, bytes, 'bytes');
    this.add(taskId, activity, 1, 'count');
  }

  flush(): void {
    if (this.#sums.size === 0) return;
    this.#post({ kind: 'activities', rows: [...this.#sums.values()] });
    this.#sums.clear();
  }
}
