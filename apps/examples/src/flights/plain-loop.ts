import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** The same numbers as a {@link FlightSummary}, in the simplest shape that a plain loop gives. */
export interface PlainFlights {
  readonly count: Record<string, number>;
  readonly delay: Record<string, number>;
}

/**
 * Counts flights and adds delays in one loop over row objects, under the names `origin ATL`, `hour 7` and
 * `route ATL-BOS`. It is slow and short on purpose, and shares nothing with the tasks that it checks.
 */
export async function plainLoop(file: string): Promise<PlainFlights> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  const count: Record<string, number> = {};
  const delay: Record<string, number> = {};
  for (const row of rows as { date: Date; delay: bigint; origin: string; destination: string }[]) {
    for (const name of [
      `origin ${row.origin}`,
      `hour ${row.date.getUTCHours()}`,
      `route ${row.origin}-${row.destination}`,
    ]) {
      count[name] = (count[name] ?? 0) + 1;
      delay[name] = (delay[name] ?? 0) + Number(row.delay);
    }
  }
  return { count, delay };
}
