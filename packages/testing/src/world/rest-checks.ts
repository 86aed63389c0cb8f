import { dependenciesOf, membersOf, STATE_NAMES, wantsOf, type TaskRecord } from '@grid/scheduler-core/simulation';
import { stateOf, type LocalTask } from '@grid/worker-core/simulation';

import { broken } from '../errors.js';
import type { SimCluster, SimWorker } from '../cluster/sim-cluster.js';
import type { SimClient } from './sim-client.js';

/** What has to be so when nothing happens any more. Each throws `GRID_TESTING_BROKEN_PROMISE`. */

/** X3, X5: what the scheduler believes of its workers is what they are. */
export function checkBeliefs(cluster: SimCluster): void {
  const { state } = cluster.scheduler.server;
  const living = new Map(cluster.livingWorkers.map((worker) => [worker.server.workerId, worker]));
  const addresses = new Set<string>();
  for (const record of state.workers) {
    const { address, name } = record.about;
    if (addresses.has(address)) throw broken('X5', `two workers are at ${address}`);
    addresses.add(address);
    const worker = living.get(record.id);
    if (worker === undefined) throw broken('X5', `the scheduler knows ${name} at ${address}, which is gone`);
    if (record.status !== 'running') throw broken('X3', `${name} is ${record.status} for the scheduler`);
    for (const [resource, amount] of record.resources) {
      if (worker.state !== null && worker.state.resources.supplyOf(resource) !== amount)
        throw broken('X3', `${name} does not have ${String(amount)} ${resource}, as the scheduler believes`);
    }
    compareHoldings(worker, new Map([...record.held, ...record.replicas].map((task) => [task.id, task])));
  }
  if (living.size !== state.workers.length) throw broken('X3', 'a living worker is not known to the scheduler');
}

function compareHoldings({ plan, state, store }: SimWorker, believed: ReadonlyMap<number, TaskRecord>): void {
  const held = new Map<number, LocalTask>();
  for (const task of state?.tasks.values() ?? []) if (task.isHeld) held.set(task.taskId, task);
  for (const [id, { key, nbytes }] of believed) {
    const task = held.get(id);
    if (task === undefined) throw broken('X3', `the scheduler believes that ${plan.name} holds #${String(id)}`);
    const value = store.get(id);
    if (value === undefined && store.spilledCount > 0) continue;
    if (value === undefined) throw broken('W5', `${plan.name} holds #${String(id)} and has no value of it`);
    if (task.key !== key || value.key !== key) throw broken('W5', `${plan.name} calls ${key} ${task.key}`);
    if (task.nbytes !== value.nbytes || nbytes !== value.nbytes)
      throw broken(
        'W5',
        `${key} has ${String(value.nbytes)} bytes, and others say so of ${plan.name}: ${String(nbytes)}, ${String(task.nbytes)}`,
      );
  }
  for (const id of held.keys()) {
    if (!believed.has(id))
      throw broken('X3', `${plan.name} holds #${String(id)}, of which the scheduler does not know`);
  }
  if (store.count !== held.size) {
    throw broken('W5', `${plan.name} has ${String(store.count)} values in its store and holds ${String(held.size)}`);
  }
}

/** X3: what a client believes of its futures is so. */
export function checkFutures(cluster: SimCluster, clients: readonly SimClient[]): void {
  const { keys } = cluster.scheduler.server.state;
  for (const client of clients) {
    if (!client.isOpen) continue;
    for (const { key, status } of client.futures.values()) {
      const task = keys.get(key);
      const actual = task === undefined ? 'gone' : (STATE_NAMES[task.state] ?? '');
      const expected = { finished: 'memory', error: 'erred', pending: 'none' }[status as string];
      if (expected === undefined) continue;
      const isWanted = task !== undefined && wantsOf(task).some((want) => want.client.name === client.process.name);
      // A client that has lost its line keeps what it has heard of failures, and comes back without these tasks: others may
      // have them tried again, or nobody wants them any more.
      if (!isWanted && status === 'error' && client.hasComeBack) continue;
      if (expected !== actual)
        throw broken('X3', `${client.process.name} takes ${key} for ${status}, and it is ${actual}`);
      if (!isWanted) throw broken('X3', `${client.process.name} holds ${key}, and the scheduler does not know of it`);
    }
  }
}

/** X4, L5: what nobody wants any more is nowhere any more. */
export function checkNothingLeft(cluster: SimCluster): void {
  const { state } = cluster.scheduler.server;
  for (const [, task] of state.tasks.entries()) {
    const holders = membersOf(task.whoHas).map(({ about }) => about.name);
    const needs = dependenciesOf(task).map(({ key }) => key);
    throw broken(
      'X4',
      `${task.key} is still ${STATE_NAMES[task.state] ?? ''} (holders: ${holders.join()}; needs: ${needs.join()})`,
    );
  }
  const tables = {
    planned: state.planned,
    acquiring: state.acquiring,
    desired: state.desiredCopies,
    steals: state.steals,
  };
  for (const [name, table] of Object.entries(tables)) {
    if (table.size > 0) throw broken('X4', `${String(table.size)} entries are left in the table '${name}'`);
  }
  if (state.groups.size > 0) throw broken('S19', `groups without tasks are left: ${[...state.groups.keys()].join()}`);
  for (const { plan, state: worker, store } of cluster.livingWorkers) {
    for (const task of worker?.tasks.values() ?? []) {
      throw broken('X4', `${plan.name} still knows ${task.key}, which is ${stateOf(task)}`);
    }
    if (store.count > 0) throw broken('X4', `${plan.name} still has ${String(store.count)} values`);
  }
}
