import type { Logger } from '@grid/common';
import { HttpServer, type HttpAnswer } from '@grid/http';
import { Gauge, Registry } from 'prom-client';

import { TASK_STATES } from '../core/activity.js';
import type { WorkerState } from '../core/worker-state.js';
import type { MemoryBreakdown } from '../memory/memory-breakdown.js';
import type { WorkerHttpOptions } from '../options.js';
import { countTasks } from '../shell/worker-metrics.js';
import type { DataStore } from '../store/data-store.js';

/** What the pages show. */
export interface WorkerHttpParts {
  readonly state: WorkerState;
  readonly store: DataStore;
  readonly logger: Logger;
  readonly token: string | null;
  identity(): Readonly<Record<string, unknown>>;
  readonly countTransfers: () => number;
  readonly memory: () => MemoryBreakdown;
  /** What it has fetched and given, the oldest first. */
  readonly transfers: () => object;
  /** How this process was doing, the oldest first. */
  readonly systemSamples: () => readonly object[];
  isRunning(): boolean;
}

/** Makes the server for `/health`, `/metrics` and the pages in `/json`; the caller starts it. */
export function createWorkerHttp({ host, port }: WorkerHttpOptions, parts: WorkerHttpParts): HttpServer {
  const registry = createRegistry(parts);
  return new HttpServer(
    { host, port, token: parts.token },
    {
      '/health': () => health(parts.isRunning()),
      '/metrics': async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
      '/json/identity.json': () => ({ contentType: 'application/json', body: `${JSON.stringify(parts.identity())}\n` }),
      '/json/transfers.json': () => ({ contentType: 'application/json', body: JSON.stringify(parts.transfers()) }),
      '/json/system.json': () => ({ contentType: 'application/json', body: JSON.stringify(parts.systemSamples()) }),
    },
    parts.logger,
  );
}

function health(isRunning: boolean): HttpAnswer {
  return isRunning
    ? { contentType: 'text/plain', body: 'ok\n' }
    : { status: 503, contentType: 'text/plain', body: 'closing\n' };
}

function createRegistry({ state, store, countTransfers, memory }: WorkerHttpParts): Registry {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, collect: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(collect());
      },
    });
  };
  new Gauge({
    name: 'grid_worker_tasks',
    help: 'Tasks that this worker knows of, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      const counts = countTasks(state, store);
      for (const name of TASK_STATES) if (counts[name] !== undefined) this.set({ state: name }, counts[name]);
    },
  });
  gauge(
    'grid_worker_stuck',
    'Tasks that waited for nothing and were put right, since the start.',
    () => state.watch.stuckCount,
  );
  new Gauge({
    name: 'grid_worker_memory_bytes',
    help: 'Memory of this process and where it is, and results on disk.',
    labelNames: ['type'],
    registers,
    collect() {
      const breakdown = memory();
      this.set({ type: 'process' }, breakdown.process);
      this.set({ type: 'managed' }, breakdown.managed);
      this.set({ type: 'spilled' }, breakdown.spilled);
      this.set({ type: 'unmanaged_old' }, breakdown.unmanagedOld);
      this.set({ type: 'unmanaged_recent' }, breakdown.unmanagedRecent);
      this.set({ type: 'heap' }, breakdown.heap);
      this.set({ type: 'external' }, breakdown.external);
    },
  });
  gauge('grid_worker_spill_count', 'Results that are on disk alone.', () => store.spilledCount);
  gauge('grid_worker_threads', 'Threads that run tasks.', () => state.options.threads);
  gauge('grid_worker_concurrent_fetch_requests', 'Peers that are being asked for data.', () => state.gathering.size);
  gauge('grid_worker_transfer_incoming_bytes', 'Bytes under way to this worker.', () => state.incomingBytes);
  gauge('grid_worker_transfer_outgoing_count', 'Peers that are being sent data.', countTransfers);
  return registry;
}
