/** How many flights there were, and how late they were together. */
export interface Tally {
  flights: number;
  /** Minutes; a flight that was early counts below zero. */
  delay: number;
}

/** What is known about some of the flights. Summaries of parts add up to the summary of the whole. */
export interface FlightSummary {
  /** By the code of the airport where a flight began, such as `ATL`. */
  readonly byOrigin: Map<string, Tally>;
  /** By hour of the day, 0 to 23. */
  readonly byHour: Tally[];
  /** Number of flights by route, such as `ATL-BOS`; there and back are two routes. */
  readonly byRoute: Map<string, number>;
}

export const HOURS_PER_DAY = 24;

/** The summary of no flights. */
export function emptySummary(): FlightSummary {
  return {
    byOrigin: new Map(),
    byHour: Array.from({ length: HOURS_PER_DAY }, () => ({ flights: 0, delay: 0 })),
    byRoute: new Map(),
  };
}
