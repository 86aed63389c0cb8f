import { emptySummary } from './flight-summary.js';
import type { FlightSummary, Tally } from './flight-summary.js';

/**
 * Adds summaries of parts up. Makes a new one: the arguments are results of other tasks, which the worker may still
 * hand to somebody else.
 */
export function mergeSummaries(parts: readonly FlightSummary[]): FlightSummary {
  const whole = emptySummary();
  for (const part of parts) {
    for (const [origin, tally] of part.byOrigin) addTally(whole.byOrigin, origin, tally);
    for (const [route, flights] of part.byRoute) whole.byRoute.set(route, (whole.byRoute.get(route) ?? 0) + flights);
    whole.byHour.forEach((sum, hour) => {
      sum.flights += part.byHour[hour]?.flights ?? 0;
      sum.delay += part.byHour[hour]?.delay ?? 0;
    });
  }
  return whole;
}

function addTally(into: Map<string, Tally>, name: string, { flights, delay }: Tally): void {
  const sum = into.get(name);
  if (sum === undefined) {
    into.set(name, { flights, delay });
    return;
  }
  sum.flights += flights;
  sum.delay += delay;
}
