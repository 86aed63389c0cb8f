import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The three million flights within the USA, January to June 2001, that the package `vega-datasets` ships. */
export function flightsFile(): string {
  const main = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(main), '..', 'data', 'flights-3m.parquet');
}
