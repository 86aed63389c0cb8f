import { ProtocolError } from '../errors.js';

/**
 * Many numbers of one kind, a row each: what hot messages are made of.
 *
 * On the wire a short column is a MessagePack array; from {@link PACKED_COLUMN_ROWS_MIN} rows on it is an extension
 * that holds a little-endian typed array. Readers index it and ask its length, nothing else.
 */
export type NumberColumn = ArrayLike<number>;

/** From this many rows on a typed array is smaller and faster than a MessagePack array; below it costs more. */
export const PACKED_COLUMN_ROWS_MIN = 12;

/** Turns a column of whole numbers into what MessagePack encodes best. */
export function packIds(column: NumberColumn): unknown {
  const rows = column.length;
  if (rows < PACKED_COLUMN_ROWS_MIN) return Array.from(column);
  if (column instanceof Uint32Array || column instanceof Float64Array) return column;
  const narrow = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const value = column[row] as number;
    if (value > 0xffff_ffff) return Float64Array.from(column);
    narrow[row] = value;
  }
  return narrow;
}

/** Turns a column of any numbers into what MessagePack encodes best. */
export function packNumbers(column: NumberColumn): unknown {
  if (column.length < PACKED_COLUMN_ROWS_MIN) return Array.from(column);
  return column instanceof Float64Array ? column : Float64Array.from(column);
}

/** Checks a decoded column whose rows must be whole numbers from 0 on. */
export function checkIds(value: unknown, field: string): NumberColumn {
  if (value instanceof Uint32Array) return value;
  const column = asColumn(value, field);
  for (let row = 0; row < column.length; row += 1) {
    const id = column[row];
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw badColumn(field, `row ${String(row)} is not an id`);
  }
  return column;
}

/** Checks a decoded column of finite numbers. */
export function checkNumbers(value: unknown, field: string): NumberColumn {
  const column = asColumn(value, field);
  for (let row = 0; row < column.length; row += 1) {
    const number = column[row];
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw badColumn(field, `row ${String(row)} is not a finite number`);
    }
  }
  return column;
}

function asColumn(value: unknown, field: string): NumberColumn {
  // The codec makes these arrays itself, in this realm, so `instanceof` tells the truth here.
  if (Array.isArray(value) || value instanceof Uint32Array || value instanceof Float64Array) {
    return value as NumberColumn;
  }
  throw badColumn(field, 'not a column');
}

function badColumn(field: string, problem: string): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', `field '${field}': ${problem}`, { details: { field } });
}
