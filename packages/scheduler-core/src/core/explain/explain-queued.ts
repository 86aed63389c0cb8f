import { busyCount, comparePriority, type TaskRecord, type WorkerRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { countOf, listNames, type Explanation } from './explanation.js';

/** So many workers and prefixes are listed. */
const LISTED_MAX = 20;

/** A task that waits on the scheduler until a worker has a slot: what has taken them, and how many come first. */
export function explainQueued(state: SchedulerState, task: TaskRecord): Explanation {
  const { key } = task;
  let ahead = 0;
  for (const other of state.queue.values()) if (comparePriority(other, task) < 0) ahead += 1;
  const running = state.workers.filter(({ status }) => status === 'running');
  const others = state.workers.filter(({ status }) => status !== 'running');
  const taken = running.reduce((sum, worker) => sum + busyCount(worker), 0);
  const prefixes = countPrefixes(running);
  const threads = running.reduce((sum, worker) => sum + worker.threads, 0);
  const text = [
    running.length === 0
      ? `'${key}' waits for a worker that runs: ${standings(others)}.`
      : `'${key}' waits for a slot: ${countOf(running.length, 'worker')} with ${countOf(threads, 'thread')} have ${countOf(taken, 'task')} before them, ${prefixText(prefixes)}.`,
    `${countOf(ahead, 'task')} of ${String(state.queue.size)} in the queue ${ahead === 1 ? 'comes' : 'come'} before it.`,
    ...(running.length > 0 && others.length > 0 ? [`Not all workers take tasks: ${standings(others)}.`] : []),
  ].join(' ');
  return {
    key,
    state: 'queued',
    reason: running.length > 0 ? 'slots-taken' : others.length > 0 ? 'workers-not-running' : 'no-workers',
    text,
    details: {
      ahead,
      queued: state.queue.size,
      slots: prefixes,
      workers: state.workers.slice(0, LISTED_MAX).map((worker) => ({
        address: worker.about.address,
        status: worker.status,
        threads: worker.threads,
        processing: worker.processing.length,
      })),
    },
  };
}

function countPrefixes(workers: readonly WorkerRecord[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { processing } of workers) {
    for (const { group } of processing) counts.set(group.prefix.name, (counts.get(group.prefix.name) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.slice(0, LISTED_MAX));
}

function prefixText(prefixes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(prefixes).map(([name, count]) => `${String(count)} of ${name}`);
  return parts.length === 0 ? 'none' : `among them ${parts.slice(0, 5).join(', ')}`;
}

function standings(workers: readonly WorkerRecord[]): string {
  if (workers.length === 0) return 'none is connected; start one';
  const status = new Set(workers.map((worker) => worker.status));
  return `${listNames(workers.map(({ about }) => about.name))} ${workers.length === 1 ? 'is' : 'are'} ${[...status].join(' or ')}`;
}
