/** Bounds a wait. */
export interface WaitLimit {
  /** Ends the wait with the signal's reason; the task goes on. */
  readonly signal?: AbortSignal;
  /** Ends the wait with `GRID_CLIENT_TIMEOUT`; the task goes on. Milliseconds or a text such as `'10s'`. Default: none. */
  readonly timeout?: number | string;
}
