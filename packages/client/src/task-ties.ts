import type { FutureScope } from './future-scope.js';

/** What ties a client to the tasks that use it. */
export interface TaskTies {
  /** The scheduler's id of the task that this code runs in; `null` outside of tasks. */
  parentId(): number | null;
  /** This code is about to wait for tasks: one that it is itself leaves its slot to them. */
  beforeWait(): void;
  /** What futures that are made now end with; `null`: nothing. */
  scope(): FutureScope | null;
}

/** The ties of a program's client. */
export const NO_TIES: TaskTies = { parentId: () => null, beforeWait: () => {}, scope: () => null };
