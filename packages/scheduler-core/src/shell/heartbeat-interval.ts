/**
 * How often a worker should tell that it lives, in milliseconds: often in a small cluster, and in a large one so that some
 * two hundred come in a second.
 */
export function heartbeatIntervalMs(workerCount: number): number {
  if (workerCount <= 10) return 500;
  if (workerCount < 50) return 1000;
  if (workerCount < 200) return 2000;
  return workerCount * 5 + 1000;
}
