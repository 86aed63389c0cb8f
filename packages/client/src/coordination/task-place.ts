import { isActor } from '../actors/actor.js';
import type { TaskContext, TaskLine } from '../task/task-context.js';
import { CallTable } from './call-table.js';
import type { HeldValue } from './held-value.js';
import type { MeetingPlace } from './place.js';
import { Subscriptions } from './subscriptions.js';

/**
 * The meeting place as a task reaches it: over its worker's line, so that what it waits for and holds ends with it. The
 * futures in values are those of the client of its thread, whose line is another: where the one has to hear of something
 * before the other, it is waited for.
 */
export class TaskPlace implements MeetingPlace {
  readonly calls: CallTable;
  readonly subscriptions: Subscriptions;
  readonly #task: TaskContext;
  readonly #line: TaskLine;
  /** What is said while the scheduler has yet to hear of the futures in it. */
  #flushing: Promise<void> | null = null;

  constructor(task: TaskContext) {
    this.#task = task;
    this.#line = task.openLine((message) => this.calls.receive(message));
    this.calls = new CallTable((message) => {
      if (this.#flushing === null) this.#line.send(message);
      else void this.#flushing.then(() => this.#line.send(message));
    });
    this.subscriptions = new Subscriptions(this.calls, (value) => this.decode(value));
  }

  encode(value: unknown): HeldValue {
    const { thread } = this.#task;
    const keys: string[] = [];
    const positionOf = (key: string): number => {
      const known = keys.indexOf(key);
      return known >= 0 ? known : keys.push(key) - 1;
    };
    const payload = this.#line.encode(value, {
      referenceOf(object) {
        const key = isActor(object) ? undefined : thread.keyOfFuture(object);
        return key === undefined ? undefined : positionOf(key);
      },
      keyOfFuture(object) {
        const key = thread.keyOfFuture(object);
        if (key !== undefined) positionOf(key);
        return key;
      },
    });
    if (keys.length > 0) this.#flush();
    return { payload, keys };
  }

  async decode({ payload, keys }: HeldValue): Promise<unknown> {
    if (keys.length === 0) return this.#line.decode(payload);
    const task = this.#task;
    await task.thread.ensureClient();
    const futures = keys.map((key) => task.thread.futureOf(key, task));
    // Whoever keeps them until now lets go of them when it is told that they have been taken.
    await task.thread.flush();
    return this.#line.decode(payload, {
      resolveReference: (index) => futures[index],
      futureOf: (key, actor) => task.thread.futureOf(key, task, actor),
    });
  }

  /** What is said from now on waits until the scheduler knows the futures that the client has made. */
  #flush(): void {
    const flushing = Promise.all([this.#flushing, this.#task.thread.flush()]).then(
      () => {},
      // The client is lost, and with it its futures; the scheduler says so when it is asked to keep them.
      () => {},
    );
    this.#flushing = flushing;
    void flushing.then(() => {
      if (this.#flushing === flushing) this.#flushing = null;
    });
  }
}
