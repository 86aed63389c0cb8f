/**
 * The states of a task as small numbers, so that a record holds no string and a transition is an index into a table.
 * `docs/states/scheduler.md` says what each means.
 */
export const STATE = {
  /** Known, but neither computed nor to be computed. */
  released: 0,
  /** To be computed once its dependencies are in memory. */
  waiting: 1,
  /** Could run, but no worker may run it. */
  noWorker: 2,
  /** Could run, but all workers have enough to do. */
  queued: 3,
  /** Given to one worker. */
  processing: 4,
  /** Its result lies on at least one worker. */
  memory: 5,
  /** It failed, or something that it needs did. */
  erred: 6,
  /** Gone; a record in this state is in no table any more. */
  forgotten: 7,
} as const;

/** A state's number. */
export type StateCode = (typeof STATE)[keyof typeof STATE];

/** A state's name, as people write it. */
export type TaskStateName =
  'released' | 'waiting' | 'no-worker' | 'queued' | 'processing' | 'memory' | 'erred' | 'forgotten';

/** Names by number. */
export const STATE_NAMES: readonly TaskStateName[] = [
  'released',
  'waiting',
  'no-worker',
  'queued',
  'processing',
  'memory',
  'erred',
  'forgotten',
];

/** How many states there are. */
export const STATE_COUNT = 8;

/** Whether a task in this state still needs its dependencies: it is going to run, or runs. */
export function isActive(state: StateCode): boolean {
  return state >= STATE.waiting && state <= STATE.processing;
}
