import { describe, expect, it } from '@jest/globals';

import { emptySummary } from './flight-summary.js';
import type { FlightSummary } from './flight-summary.js';
import { mergeSummaries } from './merge-summaries.js';

function oneFlight(origin: string, hour: number, delay: number): FlightSummary {
  const summary = emptySummary();
  summary.byOrigin.set(origin, { flights: 1, delay });
  summary.byHour[hour] = { flights: 1, delay };
  summary.byRoute.set(`${origin}-BOS`, 1);
  return summary;
}

describe('mergeSummaries', () => {
  it('adds flights and delays of the same airport, hour and route', () => {
    const whole = mergeSummaries([oneFlight('ATL', 7, 5), oneFlight('ATL', 7, -2), oneFlight('JFK', 8, 1)]);
    expect(whole.byOrigin).toEqual(
      new Map([
        ['ATL', { flights: 2, delay: 3 }],
        ['JFK', { flights: 1, delay: 1 }],
      ]),
    );
    expect(whole.byHour[7]).toEqual({ flights: 2, delay: 3 });
    expect(whole.byRoute.get('ATL-BOS')).toBe(2);
  });

  it('gives the same whole whatever way the parts are grouped', () => {
    const parts = [oneFlight('ATL', 7, 5), oneFlight('JFK', 7, -2), oneFlight('ATL', 9, 1)];
    const [first, ...rest] = parts;
    expect(mergeSummaries([mergeSummaries(rest), first as FlightSummary]).byHour).toEqual(mergeSummaries(parts).byHour);
    expect(mergeSummaries([]).byOrigin.size).toBe(0);
  });

  it('leaves its arguments as they were', () => {
    const part = oneFlight('ATL', 7, 5);
    mergeSummaries([part, part]);
    expect(part).toEqual(oneFlight('ATL', 7, 5));
  });
});
