import type { UpdateGraph } from './stimulus.js';

/** Rows of a submission, by their numbers in its message, in rising order. */
export type LostRows = ReadonlySet<number>;

/** What is here already. */
export interface KnownTasks {
  /** Whether the client's number stands for a task. */
  isTask(id: number): boolean;
  isKey(key: string): boolean;
}

/**
 * The rows of a slice that depend on what is not here, themselves or by way of others. A key that is known needs nothing:
 * it stays what it is.
 */
export function findLostRows(
  { keys, dependencies, firstId, firstRow, endRow }: UpdateGraph,
  known: KnownTasks,
): LostRows {
  const lost = new Set<number>();
  if (dependencies === null) return lost;
  const { ends, ids } = dependencies;
  const isLost = (id: number): boolean => {
    if (id >= firstId + firstRow && id < firstId + keys.length) return lost.has(id - firstId);
    return !known.isTask(id);
  };
  const needsLost = (row: number): boolean => {
    for (let at = row === 0 ? 0 : (ends[row - 1] as number); at < (ends[row] as number); at += 1) {
      if (isLost(ids[at] as number)) return true;
    }
    return false;
  };
  // Rows may depend on later ones: until no more are found.
  for (let before = -1; before < lost.size;) {
    before = lost.size;
    for (let row = firstRow; row < endRow; row += 1) {
      if (!lost.has(row) && !known.isKey(keys.at(row)) && needsLost(row)) lost.add(row);
    }
  }
  return new Set([...lost].sort((a, b) => a - b));
}
