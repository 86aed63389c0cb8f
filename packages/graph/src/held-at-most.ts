import { at, dependentsOf, startOf, type DependencyColumns } from './graph-columns.js';

/**
 * The greatest number of results in memory at a time, if tasks run one by one by ascending rank and each result goes
 * once its last dependent has run. Results that nobody needs stay until the end and are not counted.
 */
export function heldAtMost(columns: DependencyColumns, ranks: Uint32Array): number {
  const { dependencyEnds, dependencyIds } = columns;
  const { dependentEnds } = dependentsOf(columns);
  const idByRank = new Uint32Array(ranks.length);
  for (let id = 0; id < ranks.length; id += 1) idByRank[at(ranks, id)] = id;
  const usersLeft = dependentEnds.map((end, id) => end - startOf(dependentEnds, id));
  let held = 0;
  let most = 0;
  for (const id of idByRank) {
    if (at(usersLeft, id) > 0) held += 1;
    most = Math.max(most, held);
    for (let edge = startOf(dependencyEnds, id); edge < at(dependencyEnds, id); edge += 1) {
      const dependency = at(dependencyIds, edge);
      const left = at(usersLeft, dependency) - 1;
      usersLeft[dependency] = left;
      if (left === 0) held -= 1;
    }
  }
  return most;
}
