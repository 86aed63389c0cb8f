/** The time, as a port, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions. Steady: it never runs backwards within a process. */
  now(): number;
}

// `Date.now` may jump when the host's clock is set; the offset is taken once.
const origin = performance.timeOrigin;

/** The host's time. */
export const systemClock: Clock = { now: () => origin + performance.now() };
