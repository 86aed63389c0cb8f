import { isGridError, messageOf, parseBytes, parseDuration, type Bytes } from '@grid/common';

import { AppError } from './errors.js';

/**
 * The value of a flag that is a time, such as `10s`, in milliseconds.
 *
 * @throws {@link AppError} `GRID_APP_BAD_OPTION`, which names the flag
 */
export function durationFlag(flag: string, text: string): number {
  return read(flag, () => parseDuration(text));
}

/**
 * The value of a flag that is a size, such as `4 GiB`; digits alone are bytes.
 *
 * @throws {@link AppError} `GRID_APP_BAD_OPTION`, which names the flag
 */
export function bytesFlag(flag: string, text: string): Bytes {
  return read(flag, () => parseBytes(/^\d+$/.test(text) ? Number(text) : text));
}

function read<T>(flag: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isGridError(error)) throw error;
    throw new AppError('GRID_APP_BAD_OPTION', `--${flag}: ${messageOf(error)}`, { details: { flag }, cause: error });
  }
}
