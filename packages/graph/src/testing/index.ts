export { arbitraryDag, arbitraryGraph } from './arbitrary-graph.js';
export type { ArbitraryDagOptions, ArbitraryGraphOptions } from './arbitrary-graph.js';
export { chainDag, columnsOfDag, mapReduceDag, treeReduceDag } from './dag.js';
export type { Dag } from './dag.js';
export { heldAtMost } from '../held-at-most.js';
