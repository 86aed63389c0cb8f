import { describe, expect, it } from '@jest/globals';

import { plainPalette } from '../shared/palette.js';
import type { FlightSummary } from './flight-summary.js';
import { flightsFile } from './flights-file.js';
import { mergeSummaries } from './merge-summaries.js';
import { plainLoop } from './plain-loop.js';
import type { PlainFlights } from './plain-loop.js';
import { planRowGroups } from './plan-row-groups.js';
import { renderReport } from './report.js';
import { summariseRowGroup } from './summarise-row-group.js';

function asPlain(summary: FlightSummary): PlainFlights {
  const named = [
    ...[...summary.byOrigin].map(([origin, tally]) => ({ name: `origin ${origin}`, ...tally })),
    ...summary.byHour.map((tally, hour) => ({ name: `hour ${hour}`, ...tally })),
  ].filter(({ flights }) => flights > 0);
  return {
    count: Object.fromEntries([
      ...named.map(({ name, flights }) => [name, flights] as const),
      ...[...summary.byRoute].map(([route, flights]) => [`route ${route}`, flights] as const),
    ]),
    delay: Object.fromEntries(named.map(({ name, delay }) => [name, delay])),
  };
}

describe('the flights example on the real file', () => {
  it('finds with one task a row group what one plain loop over all rows finds', async () => {
    const ranges = await planRowGroups(flightsFile());
    const parts = await Promise.all(ranges.map(summariseRowGroup));
    const expected = await plainLoop(flightsFile());
    const whole = mergeSummaries([mergeSummaries(parts.slice(0, 4)), mergeSummaries(parts.slice(4))]);
    const { count, delay } = asPlain(whole);
    expect(count).toEqual(expected.count);
    // The summary has no delays by route, which the report does not need.
    const wanted = Object.entries(expected.delay).filter(([name]) => !name.startsWith('route '));
    expect(delay).toEqual(Object.fromEntries(wanted));
    expect(reportLines(whole)).toMatchObject(expectedLines(expected));
  }, 60_000);

  it('plans one task for each of the eleven row groups, and leaves out no row', async () => {
    const ranges = await planRowGroups(flightsFile());
    expect(ranges).toHaveLength(11);
    expect(ranges.map(({ rowStart }) => rowStart)).toEqual([0, ...ranges.slice(0, -1).map(({ rowEnd }) => rowEnd)]);
    expect(ranges.at(-1)?.rowEnd).toBe(3_000_000);
  });
});

/** The parts of the report that stand for themselves, without its layout. */
function reportLines(summary: FlightSummary): Record<string, string[]> {
  const lines = renderReport(summary, plainPalette).split('\n');
  return {
    worst: lines.slice(1, 11).map((line) => line.trim().slice(0, 3)),
    hours: lines
      .filter((line) => /^ {2}\d\d:00/.test(line))
      .map((line) =>
        line
          .trim()
          .replace(/ min.*/, '')
          .replace(/ +/, ' '),
      ),
    routes: lines.slice(-11, -1).map((line) =>
      line
        .trim()
        .replace(' → ', '-')
        .replace(/ flights$/, '')
        .replace(/ +/, ' '),
    ),
  };
}

function expectedLines({ count, delay }: PlainFlights): Record<string, string[]> {
  const mean = (name: string): number => (delay[name] ?? 0) / (count[name] ?? 1);
  const named = (kind: string): string[] => Object.keys(count).filter((name) => name.startsWith(kind));
  return {
    worst: named('origin ')
      .filter((name) => (count[name] ?? 0) >= 1000)
      .sort((a, b) => mean(b) - mean(a))
      .slice(0, 10)
      .map((name) => name.slice('origin '.length)),
    hours: Array.from(
      { length: 24 },
      (_, hour) => `${String(hour).padStart(2, '0')}:00 ${mean(`hour ${hour}`).toFixed(1)}`,
    ),
    routes: named('route ')
      .sort((a, b) => (count[b] ?? 0) - (count[a] ?? 0))
      .slice(0, 10)
      .map((name) => `${name.slice('route '.length)} ${(count[name] ?? 0).toLocaleString('en-US')}`),
  };
}
