import { at, startOf, type DependencyColumns } from './graph-columns.js';

const NEW = 0;
const OPEN = 1;
const DONE = 2;

/**
 * Finds tasks that need each other in a circle: each one needs the next, and the last one is the first one again.
 * `undefined` if there are none. Chains of any length are fine.
 */
export function findCycle(columns: DependencyColumns): number[] | undefined {
  const { dependencyEnds } = columns;
  const count = dependencyEnds.length;
  const state = new Uint8Array(count);
  const cursor = new Uint32Array(count);
  const path: number[] = [];
  for (let root = 0; root < count; root += 1) {
    if (state[root] !== NEW) continue;
    path.push(root);
    state[root] = OPEN;
    cursor[root] = startOf(dependencyEnds, root);
    const again = descend(columns, state, cursor, path);
    if (again !== undefined) return [...path.slice(path.indexOf(again)), again];
  }
  return undefined;
}

/** Goes on from the last task of `path` until all is seen; returns the task that was met for the second time. */
function descend(
  { dependencyEnds, dependencyIds }: DependencyColumns,
  state: Uint8Array,
  cursor: Uint32Array,
  path: number[],
): number | undefined {
  for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
    const edge = at(cursor, id);
    if (edge === at(dependencyEnds, id)) {
      state[id] = DONE;
      path.pop();
      continue;
    }
    cursor[id] = edge + 1;
    const next = at(dependencyIds, edge);
    if (state[next] === OPEN) return next;
    if (state[next] === DONE) continue;
    state[next] = OPEN;
    cursor[next] = startOf(dependencyEnds, next);
    path.push(next);
  }
  return undefined;
}
