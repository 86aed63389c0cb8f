/** Before a function has run once: few enough ahead that a long task delays little, enough to hide one round trip. */
const UNKNOWN_MS = 0.5;

/** What a run costs beyond the function itself: decoding arguments and encoding the result. */
const OVERHEAD_MS = 0.004;

/** Weight of the newest run. Half of what is remembered comes from the last two or three runs. */
const NEWEST_WEIGHT = 0.25;

/** What is known about the runs of one function on this worker. */
export class FunctionStats {
  readonly functionId: number;
  /** Expected milliseconds that a run keeps its thread. */
  estimateMs = UNKNOWN_MS;
  /** Expected bytes of a result; 0 before the first. */
  outputBytes = 0;
  #isMeasured = false;

  constructor(functionId: number) {
    this.functionId = functionId;
  }

  /** Learns from a run that kept its thread for `durationMs`. */
  learn(durationMs: number): void {
    const cost = durationMs + OVERHEAD_MS;
    this.estimateMs = this.#isMeasured ? this.estimateMs + (cost - this.estimateMs) * NEWEST_WEIGHT : cost;
    this.#isMeasured = true;
  }

  /** Learns from a result of `nbytes`. */
  learnOutput(nbytes: number): void {
    this.outputBytes = this.outputBytes === 0 ? nbytes : this.outputBytes + (nbytes - this.outputBytes) * NEWEST_WEIGHT;
  }
}
