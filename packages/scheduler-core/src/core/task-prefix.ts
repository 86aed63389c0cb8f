/** How much a new duration counts against what was learned before. */
const WEIGHT = 0.5;
/** The mean that decides how many tasks are in flight is steadier, so that one pause of a worker does not empty it. */
const STEADY_SAMPLES = 16;
/** Milliseconds below which durations mean nothing but the clock's grain. */
const DURATION_MIN_MS = 0.002;
/** What is on workers is priced anew when a prefix's duration is off by this factor. */
const REPRICE_FACTOR = 1.25;

/** What the scheduler learned of tasks of one name. */
export class TaskPrefix {
  readonly name: string;
  /** Its place in every worker's `prefixCounts`. */
  readonly number: number;
  /** How many tasks have it. */
  size = 0;
  /** How many durations were seen. */
  sampleCount = 0;
  /** Milliseconds a task takes, the last one counting half; -1 before any was seen. */
  durationMs = -1;
  /** Milliseconds that a task on a worker is priced at: `durationMs` of a while ago, or the estimate for unknown ones. */
  pricedMs: number;
  /** Milliseconds a task takes in the mean of the last few. */
  meanMs = 0;
  /** Bytes a result takes in the mean of the last few. */
  meanNbytes = 0;

  constructor(name: string, number: number, unknownMs: number) {
    this.name = name;
    this.number = number;
    this.pricedMs = unknownMs;
  }

  /** Takes in one run; whether `pricedMs` should now be set to `durationMs`. */
  observe(durationMs: number, nbytes: number): boolean {
    const duration = durationMs < DURATION_MIN_MS ? DURATION_MIN_MS : durationMs;
    this.sampleCount += 1;
    const steadyWeight = this.sampleCount < STEADY_SAMPLES ? 1 / this.sampleCount : 1 / STEADY_SAMPLES;
    this.meanMs += (duration - this.meanMs) * steadyWeight;
    this.meanNbytes += (nbytes - this.meanNbytes) * steadyWeight;
    this.durationMs = this.durationMs < 0 ? duration : this.durationMs + (duration - this.durationMs) * WEIGHT;
    return !isPricedRight(this);
  }
}

/** Whether what is on workers is priced at about what it takes, as far as that is known. */
export function isPricedRight({ sampleCount, durationMs, pricedMs }: TaskPrefix): boolean {
  if (sampleCount === 0) return true;
  return durationMs <= pricedMs * REPRICE_FACTOR && durationMs * REPRICE_FACTOR >= pricedMs;
}
