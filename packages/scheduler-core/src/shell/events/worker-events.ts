import type { MessageWith } from '@grid/protocol';

import type { TaskRecord, WorkerRecord, WorkerStatus } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { CLUSTER_TOPICS, type ClusterEvents } from './cluster-events.js';

interface Teller {
  readonly events: ClusterEvents;
  readonly state: SchedulerState;
}

/** Tells that a worker takes no more tasks, or takes them again. */
export function tellWorkerStatus(events: ClusterEvents, { about }: WorkerRecord, status: WorkerStatus): void {
  events.tell([CLUSTER_TOPICS.all, about.address], 'worker-status', { worker: about.address, status });
}

/** Tells what a worker has to say of itself. */
export function tellWorkerEvent(
  events: ClusterEvents,
  { about }: WorkerRecord,
  { action, facts }: MessageWith<'tell-event'>,
): void {
  events.tell([CLUSTER_TOPICS.all, about.address], action, { ...facts, worker: about.address });
}

/** Tells that a run of a task failed. */
export function tellTaskErred(
  { events, state }: Teller,
  { about }: WorkerRecord,
  { taskId, failure, duration }: MessageWith<'task-erred'>,
): void {
  const task = state.tasks.get(taskId);
  if (task === undefined) return;
  const { name, message } = failure;
  const facts = { key: task.key, worker: about.address, name, message, duration, retriesLeft: task.retriesLeft };
  events.tell([CLUSTER_TOPICS.errors], 'task-erred', facts);
}

/** Tells that a busy worker was asked to give up a task. */
export function tellStealRequested({ events, state }: Teller, victim: WorkerRecord, task: TaskRecord): void {
  const thief = state.steals.get(task)?.thief?.about.address ?? null;
  events.tell([CLUSTER_TOPICS.stealing], 'request', { key: task.key, victim: victim.about.address, thief });
}

/** Tells what came of that. To be called before the core hears of it. */
export function tellStealAnswered({ events, state }: Teller, taskId: number, outcome: string): void {
  const task = state.tasks.get(taskId);
  const steal = task === undefined ? undefined : state.steals.get(task);
  if (task === undefined || steal === undefined) return;
  const { victim, thief } = steal;
  const facts = { key: task.key, victim: victim.about.address, thief: thief?.about.address ?? null };
  events.tell([CLUSTER_TOPICS.stealing], outcome, facts);
}
