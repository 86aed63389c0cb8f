const DEPTH_MAX = 5;
const NUMBER_BYTES = 8;

/**
 * About how many bytes a message holds on to: exact for byte strings, rough for the rest.
 *
 * It bounds what waits for a slow peer, so it has to see large things and need not see small ones.
 */
export function estimateBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return NUMBER_BYTES;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return estimateRows(value, depth);
  let bytes = 0;
  for (const part of Object.values(value)) bytes += estimateBytes(part, depth + 1);
  return bytes;
}

/** Rows of numbers are all alike, and there may be many of them. */
function estimateRows(rows: readonly unknown[], depth: number): number {
  const first = rows[0];
  if (typeof first !== 'object' && typeof first !== 'string') return rows.length * NUMBER_BYTES;
  let bytes = 0;
  for (const row of rows) bytes += estimateBytes(row, depth + 1);
  return bytes;
}
