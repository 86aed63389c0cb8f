import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

import { busyCount } from '../core/records.js';
import { hasFreeSlot } from '../core/placement/slots.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import { STATE, STATE_NAMES } from '../core/task-state.js';

/** The scheduler's numbers for Prometheus; names are those of Dask with the prefix `grid_`. Read when asked for. */
export class SchedulerMetrics {
  readonly #registry = new Registry();

  constructor(state: SchedulerState) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    gauge('grid_scheduler_clients', 'Clients that are connected', () => listeningClients(state));
    gauge('grid_scheduler_desired_workers', 'Workers that would be of use', () => desiredWorkers(state));
    gauge(
      'grid_scheduler_tasks_suspicious',
      'Deaths of workers, counted once for each task under suspicion',
      () => state.suspiciousCount,
    );
    gauge(
      'grid_scheduler_tasks_forgotten',
      'Tasks that are gone, since the start',
      () => state.stateCounts[STATE.forgotten] ?? 0,
    );
    gauge(
      'grid_scheduler_stale_messages',
      'Messages about earlier runs or forgotten tasks, since the start',
      () => state.staleCount,
    );
    labelled(
      'grid_scheduler_stuck',
      'What waited for nothing and was put right, since the start',
      () => state.stuckCounts,
      'kind',
    );
    labelled('grid_scheduler_workers', 'Workers by state', () => workersByState(state));
    labelled('grid_scheduler_tasks', 'Tasks by state', () => tasksByState(state));

    function gauge(name: string, help: string, read: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    }

    function labelled(name: string, help: string, read: () => Readonly<Record<string, number>>, label = 'state'): void {
      new Gauge({
        name,
        help,
        registers,
        labelNames: [label],
        collect() {
          for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
        },
      });
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of them, as text. */
  async render(): Promise<string> {
    return this.#registry.metrics();
  }
}

function listeningClients(state: SchedulerState): number {
  let count = 0;
  for (const client of state.clients.values()) if (client.isListening) count += 1;
  return count;
}

function workersByState(state: SchedulerState): Record<string, number> {
  const counts = {
    connected: state.workers.length,
    idle: 0,
    partially_saturated: 0,
    saturated: 0,
    paused: 0,
    retiring: 0,
  };
  for (const worker of state.workers) {
    if (worker.status === 'paused') counts.paused += 1;
    else if (worker.isRetiring) counts.retiring += 1;
    else if (busyCount(worker) === 0) counts.idle += 1;
    else if (busyCount(worker) < worker.threads) counts.partially_saturated += 1;
    else counts.saturated += 1;
  }
  return counts;
}

function tasksByState(state: SchedulerState): Record<string, number> {
  const counts: Record<string, number> = {};
  STATE_NAMES.forEach((name, code) => {
    if (code !== STATE.forgotten) counts[name] = state.stateCounts[code] ?? 0;
  });
  return counts;
}

/** As many as have work, and one for each further task that could run at once; at least one if anything is to be done. */
function desiredWorkers(state: SchedulerState): number {
  const busy = state.workers.filter((worker) => worker.processing.length > 0).length;
  const ready = state.queue.size + state.unrunnable.size;
  if (ready === 0) return busy;
  const first = state.queue.peek();
  const free =
    first === undefined ? 0 : state.workers.filter((worker) => hasFreeSlot(state, worker, first.group.prefix)).length;
  const threads = Math.max(1, ...state.workers.map((worker) => worker.threads));
  return Math.max(1, busy + Math.max(0, Math.ceil(ready / threads) - free));
}
