import { bar } from '../shared/bar.js';
import type { Palette } from '../shared/palette.js';
import { topOf } from '../shared/top-of.js';
import type { FlightSummary, Tally } from './flight-summary.js';

const TOP = 10;
/** Below this an airport's mean says more about single flights than about the airport. */
const FLIGHTS_MIN = 1000;
const BAR_CHARACTERS = 40;

/** What the summary says, as text for a terminal. */
export function renderReport(summary: FlightSummary, palette: Palette): string {
  const worst = topOf(
    TOP,
    [...summary.byOrigin].filter(([, { flights }]) => flights >= FLIGHTS_MIN),
    meanDelay,
  );
  const routes = topOf(TOP, summary.byRoute, (flights) => flights);
  return [
    palette.bold(`Worst airports by mean delay (at least ${grouped(FLIGHTS_MIN)} flights)`),
    ...worst.map(([origin, tally]) => `  ${origin}  ${minutes(tally)}  ${palette.dim(flightsOf(tally.flights))}`),
    '',
    palette.bold('Mean delay by hour of departure'),
    ...hourLines(summary.byHour, palette),
    '',
    palette.bold('Busiest routes'),
    ...routes.map(([route, flights]) => `  ${route.replace('-', ' → ')}  ${palette.dim(flightsOf(flights))}`),
    '',
  ].join('\n');
}

function hourLines(byHour: readonly Tally[], palette: Palette): string[] {
  const longest = Math.max(...byHour.map(meanDelay));
  return byHour.map((tally, hour) => {
    const clock = `  ${String(hour).padStart(2, '0')}:00`;
    if (tally.flights === 0) return `${clock}  ${palette.dim('no flights')}`;
    const length = longest > 0 ? meanDelay(tally) / longest : 0;
    return `${clock}  ${minutes(tally)}  ${palette.cyan(bar(length, BAR_CHARACTERS))}`;
  });
}

function meanDelay({ flights, delay }: Tally): number {
  return flights === 0 ? 0 : delay / flights;
}

function minutes(tally: Tally): string {
  return `${meanDelay(tally).toFixed(1).padStart(5)} min`;
}

function flightsOf(flights: number): string {
  return `${grouped(flights).padStart(9)} flights`;
}

/** With thousands set apart, the same on every machine whatever its language. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
