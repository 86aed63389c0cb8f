/**
 * What a worker is doing about a task, as a small integer.
 *
 * Why it does so is kept apart, in {@link LocalTask.isComputeWanted} and {@link LocalTask.waiterCount}. The names that
 * people see, `cancelled` and `resumed` among them, follow from both: see `stateOf`.
 */
export const ACTIVITY = {
  released: 0,
  waiting: 1,
  ready: 2,
  executing: 3,
  longRunning: 4,
  memory: 5,
  fetch: 6,
  flight: 7,
  missing: 8,
  forgotten: 9,
} as const;

/** A value of {@link ACTIVITY}. */
export type Activity = (typeof ACTIVITY)[keyof typeof ACTIVITY];

/** The states that stories, dumps, metrics and people use. `docs/states/worker.md` says what each means. */
export const TASK_STATES = [
  'released',
  'waiting',
  'ready',
  'executing',
  'long-running',
  'memory',
  'fetch',
  'flight',
  'missing',
  'forgotten',
  'cancelled',
  'resumed',
  'error',
  'rescheduled',
  'constrained',
] as const;

/** One of {@link TASK_STATES}. */
export type TaskStateName = (typeof TASK_STATES)[number];

/** Positions in {@link TASK_STATES} of the states that are no activity. */
export const DERIVED = { cancelled: 10, resumed: 11, error: 12, rescheduled: 13, constrained: 14 } as const;
