import type { Client, Future } from '@grid/client';

/** Results that are merged by one task. Wide enough to be few tasks, narrow enough that both workers share them. */
const FAN_IN = 4;

/**
 * Merges many results into one on the cluster, level by level, so that neither the client nor any single task sees
 * all of them.
 *
 * @returns All futures made, level by level; the last one is the merged whole.
 */
export function mergeTree<T>(client: Client, parts: readonly Future<T>[], merge: (parts: T[]) => T): Future<T>[] {
  const made: Future<T>[] = [];
  let level = parts;
  do {
    const next: Future<T>[] = [];
    for (let i = 0; i < level.length; i += FAN_IN) {
      // `Resolved` cannot be worked out for a type that only the caller knows; a future of T resolves to T.
      next.push(client.submit(merge, [level.slice(i, i + FAN_IN)]));
    }
    made.push(...next);
    level = next;
  } while (level.length > 1);
  return made;
}
