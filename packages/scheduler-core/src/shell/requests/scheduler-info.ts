import { runtimeVersions } from '@grid/common/machine';
import type { Facts } from '@grid/protocol';

import { STATE, STATE_NAMES } from '../../core/task-state.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** What people and tools are told of the cluster: the scheduler, its workers by address, how many tasks are in each state. */
export function describeScheduler(server: SchedulerContext): Facts {
  const { state } = server;
  const workers: Record<string, Facts> = {};
  for (const peer of server.workerPeers) {
    const { record, about, metrics } = peer;
    if (record === null) continue;
    workers[record.about.address] = {
      id: record.id,
      name: record.about.name,
      host: record.about.host,
      threads: record.threads,
      memoryLimit: record.about.memoryLimit,
      resources: Object.fromEntries(record.resources),
      usedResources: Object.fromEntries(record.usedResources),
      status: record.status,
      nbytes: record.nbytes,
      processing: record.processing.length,
      inMemory: record.held.length + record.replicas.size,
      lastSeenAt: record.lastSeenAt,
      registeredAt: about.registeredAt,
      pid: about.pid,
      versions: about.versions,
      metrics,
    };
  }
  return {
    type: 'Scheduler',
    id: server.id,
    address: server.addresses[0] ?? '',
    addresses: [...server.addresses],
    http: server.httpUrl,
    startedAt: server.startedAt,
    versions: { ...runtimeVersions() },
    system: { ...server.monitor?.latest },
    workers,
    threads: state.totalThreads,
    bandwidth: Math.round(state.bandwidth),
    heartbeatMs: server.timeLimits.heartbeatMs,
    leaseTimeoutMs: server.coordination.leaseTimeoutMs,
    uploads: server.uploads.all.map(({ name, kind, hash, nbytes, files }) => {
      return { name, kind, hash, nbytes, files: files.length };
    }),
    clients: [...state.clients.values()].filter(({ isListening }) => isListening).map(({ name }) => name),
    tasks: Object.fromEntries(
      STATE_NAMES.flatMap((name, code) => (code === STATE.forgotten ? [] : [[name, state.stateCounts[code] ?? 0]])),
    ),
  };
}
