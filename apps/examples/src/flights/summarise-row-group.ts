import { asyncBufferFromFile, parquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { HOURS_PER_DAY } from './flight-summary.js';
import type { FlightSummary, Tally } from './flight-summary.js';

/** Rows of a Parquet file, the last one exclusive. */
export interface RowRange {
  readonly file: string;
  readonly rowStart: number;
  readonly rowEnd: number;
}

const MICROSECONDS_PER_HOUR = 3_600_000_000n;

/**
 * Reads the columns that matter of one row group and sums them up: the work of one task.
 *
 * Everything stays in columns: 270 000 row objects would take longer to make than all the rest.
 */
export async function summariseRowGroup({ file, rowStart, rowEnd }: RowRange): Promise<FlightSummary> {
  const columns = ['date', 'delay', 'origin', 'destination'];
  const scan = await parquetScan({
    file: await asyncBufferFromFile(file),
    columns,
    compressors,
    // The reader calls this once for each distinct time rather than once a row, as the column has a dictionary.
    parsers: { timestampFromMicroseconds: hourOfDay },
  });
  const [hours, delays, origins, destinations] = await Promise.all(
    columns.map((column) => scan.readColumn({ column, rowStart, rowEnd })),
  );
  return sumUp({
    hours: hours as ArrayLike<number>,
    delays: delays as ArrayLike<bigint>,
    origins: origins as ArrayLike<string>,
    destinations: destinations as ArrayLike<string>,
  });
}

/**
 * The column is marked as not adjusted to UTC: it holds what the clock on the wall showed, as if in UTC. So the hour is
 * plain arithmetic, and no time zone, neither the airport's nor this machine's, must come into it.
 */
function hourOfDay(microseconds: bigint): number {
  return Number(microseconds / MICROSECONDS_PER_HOUR) % HOURS_PER_DAY;
}

interface FlightColumns {
  readonly hours: ArrayLike<number>;
  readonly delays: ArrayLike<bigint>;
  readonly origins: ArrayLike<string>;
  readonly destinations: ArrayLike<string>;
}

function sumUp({ hours, delays, origins, destinations }: FlightColumns): FlightSummary {
  const airports: string[] = [];
  const numbers = new Map<string, number>();
  const from = numberAirports(origins, airports, numbers);
  const to = numberAirports(destinations, airports, numbers);
  const byOrigin = new SumTable(airports.length);
  const byHour = new SumTable(HOURS_PER_DAY);
  const routes = new Uint32Array(airports.length ** 2);
  for (let row = 0; row < from.length; row += 1) {
    // In range by construction: all columns of a row group have the same length.
    const origin = from[row] as number;
    const delay = Number(delays[row]);
    byOrigin.add(origin, delay);
    byHour.add(hours[row] as number, delay);
    const route = origin * airports.length + (to[row] as number);
    routes[route] = (routes[route] as number) + 1;
  }
  return {
    byOrigin: new Map(
      [...byOrigin.tallies()].flatMap((tally, i) => (tally.flights === 0 ? [] : [[airports[i] as string, tally]])),
    ),
    byHour: byHour.tallies(),
    byRoute: namedRoutes(routes, airports),
  };
}

/** Numbers in place of names, so that the sums can sit in flat tables. Appends to `airports` and `numbers`. */
function numberAirports(names: ArrayLike<string>, airports: string[], numbers: Map<string, number>): Uint16Array {
  const column = new Uint16Array(names.length);
  for (let row = 0; row < column.length; row += 1) {
    const name = names[row] as string;
    let number = numbers.get(name);
    if (number === undefined) {
      number = airports.push(name) - 1;
      numbers.set(name, number);
    }
    column[row] = number;
  }
  return column;
}

class SumTable {
  readonly #flights: Uint32Array;
  readonly #delays: Float64Array;

  constructor(size: number) {
    this.#flights = new Uint32Array(size);
    this.#delays = new Float64Array(size);
  }

  add(index: number, delay: number): void {
    this.#flights[index] = (this.#flights[index] as number) + 1;
    this.#delays[index] = (this.#delays[index] as number) + delay;
  }

  tallies(): Tally[] {
    return Array.from(this.#flights, (flights, i) => ({ flights, delay: this.#delays[i] as number }));
  }
}

function namedRoutes(routes: Uint32Array, airports: readonly string[]): Map<string, number> {
  const named = new Map<string, number>();
  airports.forEach((origin, i) => {
    airports.forEach((destination, j) => {
      const flights = routes[i * airports.length + j] as number;
      if (flights > 0) named.set(`${origin}-${destination}`, flights);
    });
  });
  return named;
}
