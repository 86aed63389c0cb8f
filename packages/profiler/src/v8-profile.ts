/** What V8's CPU profiler says of one stretch of time, as far as it is read here. */
export interface V8Profile {
  readonly nodes: readonly V8Node[];
  /** Microseconds on a clock that nobody else has. */
  readonly startTime: number;
  readonly endTime: number;
  /** The node that each sample found, in order. */
  readonly samples?: readonly number[];
  /** Microseconds from each sample's predecessor to it; of the first from the start. */
  readonly timeDeltas?: readonly number[];
}

/** A function as it was called from its parent. */
export interface V8Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** Where the function begins, from 0 on; -1: it is native. */
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

/** What the profiler calls time without a function of JavaScript. */
export const NO_FUNCTION = {
  root: '(root)',
  idle: '(idle)',
  program: '(program)',
  garbage: '(garbage collector)',
} as const;
