import type { SimCluster, SimWorker } from '../cluster/sim-cluster.js';
import { broken } from '../errors.js';

/** What a scheduler knows although there are no tasks: who is there, and what was learned. */
const SCHEDULER_KEEPS = new Set([
  'workers',
  'workersById',
  'roomy',
  'clients',
  'prefixes',
  'freePrefixNumbers',
  'stateCounts',
]);
/** The same of a worker: its peers, and functions for as long as a client may refer to them. */
const WORKER_KEEPS = new Set(['functions', 'peers', 'gone']);
/** Sums of fractions drift. */
const TOLERANCE = 1e-6;

/**
 * L5, X4: with all tasks gone, everything is as it was before the first: of all collections that a state has, also of those that
 * are still to be invented, only the named ones may hold something, and what a worker counts is zero.
 *
 * @throws `GRID_TESTING_BROKEN_PROMISE` L5
 */
export function checkBaseline(cluster: SimCluster): void {
  for (const [name, size] of collectionsOf(cluster.scheduler.server.state)) {
    if (size > 0 && !SCHEDULER_KEEPS.has(name))
      throw broken('L5', `${String(size)} entries are left in the scheduler's '${name}'`);
  }
  for (const worker of cluster.livingWorkers) checkWorker(worker);
}

/** L5: with all clients gone no function is known any more, and no code. */
export function checkNoFunctions(cluster: SimCluster): void {
  const { functions } = cluster.scheduler.server;
  if (functions.size > 0) throw broken('L5', `the scheduler still knows ${String(functions.size)} functions`);
  for (const { plan, state } of cluster.livingWorkers) {
    if (state !== null && state.functions.size > 0)
      throw broken('L5', `${plan.name} still knows ${String(state.functions.size)} functions`);
  }
}

function checkWorker({ plan, state }: SimWorker): void {
  if (state === null) return;
  for (const [name, size] of collectionsOf(state)) {
    if (size > 0 && !WORKER_KEEPS.has(name))
      throw broken('L5', `${String(size)} entries are left in '${name}' of ${plan.name}`);
  }
  for (const task of state.story.tasksSince(0)) {
    if (task.argsBlock !== null || task.holders !== null)
      throw broken('L5', `the story of ${plan.name} keeps the arguments of ${task.key}`);
  }
  const { activeCount, activeMs, suspendedCount, overdueCount, longRunningCount, incomingBytes, expectedBytes } = state;
  const counts = {
    activeCount,
    activeMs,
    suspendedCount,
    overdueCount,
    longRunningCount,
    incomingBytes,
    expectedBytes,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (Math.abs(count) > TOLERANCE) throw broken('L5', `${name} of ${plan.name} is ${String(count)} at rest`);
  }
}

function collectionsOf(state: object): [string, number][] {
  return Object.entries(state).flatMap(([name, value]: [string, unknown]): [string, number][] => {
    if (value instanceof Map || value instanceof Set) return [[name, value.size]];
    return Array.isArray(value) ? [[name, value.length]] : [];
  });
}
