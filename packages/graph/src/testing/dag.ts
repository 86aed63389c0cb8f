import type { DependencyColumns } from '../graph-columns.js';

/** The shape of a graph: `dependencies[i]` are the tasks that task `i` needs, each once. */
export interface Dag {
  readonly dependencies: readonly (readonly number[])[];
}

/** The same shape in the columns that `orderOf` takes. */
export function columnsOfDag({ dependencies }: Dag): DependencyColumns {
  let end = 0;
  return {
    dependencyEnds: Uint32Array.from(dependencies, (list) => (end += list.length)),
    dependencyIds: Uint32Array.from(dependencies.flat()),
  };
}

/** `leaves` tasks that need nothing, reduced `arity` at a time until one result is left, which is the last task. */
export function treeReduceDag(leaves: number, arity = 2): Dag {
  const dependencies: number[][] = Array.from({ length: leaves }, () => []);
  let level = dependencies.map((_, id) => id);
  while (level.length > 1) {
    const above: number[] = [];
    for (let i = 0; i < level.length; i += arity) above.push(dependencies.push(level.slice(i, i + arity)) - 1);
    level = above;
  }
  return { dependencies };
}

/** Like {@link treeReduceDag}, with a load and a map step at each leaf. */
export function mapReduceDag(leaves: number, arity = 2): Dag {
  const loads = Array.from({ length: leaves }, (): number[] => []);
  const rest = treeReduceDag(leaves, arity).dependencies.map((list, id) =>
    id < leaves ? [id] : list.map((dependency) => dependency + leaves),
  );
  return { dependencies: [...loads, ...rest] };
}

/** One task after the other, each needing the one before. */
export function chainDag(length: number): Dag {
  return { dependencies: Array.from({ length }, (_, id) => (id === 0 ? [] : [id - 1])) };
}
