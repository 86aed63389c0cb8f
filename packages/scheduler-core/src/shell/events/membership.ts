import type { Facts } from '@grid/protocol';

import type { WorkerAbout, WorkerRecord } from '../../core/records.js';
import { memberCount } from '../../core/relation.js';
import { CLUSTER_TOPICS, type ClusterEvents } from './cluster-events.js';

/** So many keys are named in an event. */
const KEYS_MAX = 20;

/** Tells that a worker has come. */
export function tellWorkerAdded(events: ClusterEvents, about: WorkerAbout): void {
  const { address, name, host, threads, memoryLimit, resources } = about;
  events.peerCame(address);
  const facts = { worker: address, name, host, threads, memoryLimit, resources: Object.fromEntries(resources) };
  events.tell([CLUSTER_TOPICS.all, address], 'add-worker', facts);
}

/** Tells that a worker has left, and what went with it. To be called while it is still in the tables. */
export function tellWorkerRemoved(
  events: ClusterEvents,
  worker: WorkerRecord,
  { reason, isExpected }: { readonly reason: string; readonly isExpected: boolean },
): void {
  const { address, name } = worker.about;
  const lost = worker.held.filter(({ whoHas }) => memberCount(whoHas) === 1);
  const facts: Facts = {
    worker: address,
    name,
    reason,
    expected: isExpected,
    processing: worker.processing.length,
    processingKeys: worker.processing.slice(0, KEYS_MAX).map(({ key }) => key),
    lost: lost.length,
    lostKeys: lost.slice(0, KEYS_MAX).map(({ key }) => key),
    // What can be computed again is; data that clients had sent is gone.
    lostData: lost.filter(({ graph }) => graph === null).length,
  };
  events.tell([CLUSTER_TOPICS.all, address], 'remove-worker', facts);
  events.peerLeft(address);
}
