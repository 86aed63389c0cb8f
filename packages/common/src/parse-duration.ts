import { asMillis, type Millis } from './brands.js';
import { CommonError } from './errors.js';

/** A span of time: milliseconds as a number, or a number with a unit such as `'250 ms'`, `'10s'`, `'5 min'`, `'2h'`. */
export type Duration = number | string;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1000],
  ['sec', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * Reads a span of time.
 *
 * @throws {@link CommonError} `GRID_COMMON_BAD_DURATION`; a text without a unit is refused, since nobody can tell
 * seconds from milliseconds.
 */
export function parseDuration(duration: Duration): Millis {
  if (typeof duration === 'number') {
    if (duration >= 0) return asMillis(duration);
  } else if (duration.length <= 40) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(duration);
    const unit = UNITS.get(match?.[2]?.toLowerCase() ?? '');
    if (match !== null && unit !== undefined) return asMillis(Number(match[1]) * unit);
  }
  throw new CommonError(
    'GRID_COMMON_BAD_DURATION',
    `'${String(duration)}' is not a duration; write it with a unit, for instance '250 ms' or '10s'`,
    { details: { duration } },
  );
}
