import { asyncBufferFromFile, parquetScan } from 'hyparquet';

import type { RowRange } from './summarise-row-group.js';

/** The row groups of a Parquet file, in order, read from its footer: one task each. */
export async function planRowGroups(file: string): Promise<RowRange[]> {
  const { ranges } = await parquetScan({ file: await asyncBufferFromFile(file) });
  return ranges.map(({ rowStart, rowEnd }) => ({ file, rowStart, rowEnd }));
}
