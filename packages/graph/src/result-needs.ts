import { at, startOf, type DependencyColumns } from './graph-columns.js';

/**
 * For each task, how many results must be held at the worst moment while it and all that it needs are made. Exact for
 * trees (the numbers of Sethi and Ullman); elsewhere too high, since a shared result counts once for each user, but
 * never above the number of tasks.
 *
 * @param topological - All ids, each after those that it needs.
 */
export function resultNeeds(
  { dependencyEnds, dependencyIds }: DependencyColumns,
  topological: Uint32Array,
): Uint32Array {
  const needs = new Uint32Array(dependencyEnds.length);
  const scratch = new Uint32Array(dependencyIds.length);
  for (const id of topological) {
    const start = startOf(dependencyEnds, id);
    const end = at(dependencyEnds, id);
    let min = 0xffff_ffff;
    let max = 0;
    for (let edge = start; edge < end; edge += 1) {
      const need = at(needs, at(dependencyIds, edge));
      scratch[edge] = need;
      if (need < min) min = need;
      if (need > max) max = need;
    }
    const width = end - start;
    let need = Math.max(1, max);
    if (width > 1) need = min === max ? max + width - 1 : needOfSorted(scratch.subarray(start, end).sort());
    needs[id] = Math.min(need, needs.length);
  }
  return needs;
}

/** Ascending needs of the dependencies; the hungriest is made first, when nothing else is held yet. */
function needOfSorted(ascending: Uint32Array): number {
  let need = 0;
  for (let held = 0; held < ascending.length; held += 1) {
    need = Math.max(need, at(ascending, ascending.length - 1 - held) + held);
  }
  return need;
}
