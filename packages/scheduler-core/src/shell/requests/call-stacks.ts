import { isGridError } from '@grid/common';
import { INSPECTION_FEATURE, type MessageWith } from '@grid/protocol';

import { isNamed } from '../../core/placement/restrictions.js';
import type { WorkerRecord } from '../../core/records.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

type Stacks = MessageWith<'call-stacks-reply'>['workers'][number];

/** A worker that does not answer in this time is left out. Milliseconds. */
const WORKER_TIMEOUT_MS = 5000;

/** Asks workers where tasks are in their code. */
export async function callStacks(
  server: SchedulerContext,
  { keys, workers }: MessageWith<'call-stacks'>,
): Promise<MessageWith<'call-stacks-reply'>> {
  const wanted = keys === null ? null : tasksByWorker(server, keys);
  const asked = [...server.workerPeers].filter(({ record, link }) => {
    if (record === null || !link.peer.features.includes(INSPECTION_FEATURE)) return false;
    return (wanted === null || wanted.has(record)) && (workers.length === 0 || isNamed(record, workers));
  });
  const answers = await Promise.all(
    asked.map((peer) => ask(server, peer, wanted?.get(peer.record as WorkerRecord) ?? null)),
  );
  return { op: 'call-stacks-reply', workers: answers.flat() };
}

function tasksByWorker({ state }: SchedulerContext, keys: readonly string[]): Map<WorkerRecord, number[]> {
  const byWorker = new Map<WorkerRecord, number[]>();
  for (const key of new Set(keys)) {
    const task = state.keys.get(key);
    if (task === undefined || task.processingOn === null) continue;
    const ids = byWorker.get(task.processingOn);
    if (ids === undefined) byWorker.set(task.processingOn, [task.id]);
    else ids.push(task.id);
  }
  return byWorker;
}

async function ask(
  server: SchedulerContext,
  { link, record }: WorkerPeer,
  taskIds: readonly number[] | null,
): Promise<readonly Stacks[]> {
  try {
    return (await link.request({ op: 'worker-call-stacks', taskIds }, { timeoutMs: WORKER_TIMEOUT_MS })).workers;
  } catch (error) {
    if (!isGridError(error)) throw error;
    server.logger.warn({ worker: record?.about.address, code: error.code }, 'a worker did not tell its call stacks');
    return [];
  }
}
