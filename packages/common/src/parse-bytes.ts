import { asBytes, type Bytes } from './brands.js';
import { CommonError } from './errors.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1e3],
  ['kb', 1e3],
  ['m', 1e6],
  ['mb', 1e6],
  ['g', 1e9],
  ['gb', 1e9],
  ['t', 1e12],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

/**
 * Reads a size.
 *
 * @param size - Bytes as a number, or a number with a unit: `'64 MiB'` (powers of two), `'64MB'` (powers of ten).
 * @throws {@link CommonError} `GRID_COMMON_BAD_SIZE`.
 */
export function parseBytes(size: number | string): Bytes {
  if (typeof size === 'number') {
    if (Number.isFinite(size) && size >= 0) return asBytes(Math.round(size));
  } else if (size.length <= 40) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(size);
    const unit = UNITS.get(match?.[2]?.toLowerCase() ?? '');
    if (match !== null && unit !== undefined) return asBytes(Math.round(Number(match[1]) * unit));
  }
  throw new CommonError(
    'GRID_COMMON_BAD_SIZE',
    `'${String(size)}' is not a size; write bytes, or for instance '64 MiB'`,
    {
      details: { size },
    },
  );
}

/** Prints a size for people, in powers of two: `64.0 MiB`. */
export function formatBytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`;
}
