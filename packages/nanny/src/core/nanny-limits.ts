/** What a nanny's decisions depend on. Times are in milliseconds. */
export interface NannyLimits {
  /** Whether a worker that ended by accident is started anew. @defaultValue true */
  readonly restarts: boolean;
  /** Until a new process has to have joined the cluster. @defaultValue 120 000 */
  readonly startMs: number;
  /** Until a process that was asked to leave is told so by SIGTERM. @defaultValue 5 000 */
  readonly askMs: number;
  /** Until SIGKILL follows. @defaultValue 1 000 */
  readonly terminateMs: number;
  /** Until a process that does not even die of that is given up. @defaultValue 5 000 */
  readonly killMs: number;
  /** A worker that lives for as long is sound: what happens to it later is not the next of a series. @defaultValue 10 000 */
  readonly soundMs: number;
  /** The wait before the second restart of a series; it doubles with each further one. @defaultValue 250 */
  readonly pauseMs: number;
  /** The longest wait before a restart. @defaultValue 30 000 */
  readonly pauseMsMax: number;
  /** 0 to 1: where in the quarter beyond a wait this nanny stands, so that not all nannies of a cluster act at once. */
  readonly jitter: number;
  /** Bytes of resident memory beyond which the process is killed; 0: never. */
  readonly memoryBytesMax: number;
}

export const NANNY_LIMITS: NannyLimits = {
  restarts: true,
  startMs: 120_000,
  askMs: 5000,
  terminateMs: 1000,
  killMs: 5000,
  soundMs: 10_000,
  pauseMs: 250,
  pauseMsMax: 30_000,
  jitter: 0,
  memoryBytesMax: 0,
};
