import { isGridError } from '@grid/common';
import { INSPECTION_FEATURE, type Facts, type MessageWith } from '@grid/protocol';

import { explainTask } from '../../core/explain/explain-task.js';
import type { Explanation } from '../../core/explain/explanation.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

/** A worker that does not answer in this time does not keep the rest of the answer back. Milliseconds. */
const WORKER_TIMEOUT_MS = 2000;

/** Says why a task is not done: what the scheduler knows, and for a task that a worker has what that says. */
export async function explainTaskRequest(
  server: SchedulerContext,
  key: string,
): Promise<MessageWith<'explain-task-reply'>> {
  const explanation = explainTask(server.state, key);
  const ofWorker = await askWorker(server, explanation);
  return { op: 'explain-task-reply', explanation: { ...explanation, ofWorker } };
}

/** Also for a task that waits for one which a worker has: that is the one to ask about. */
async function askWorker(server: SchedulerContext, explanation: Explanation): Promise<Facts | null> {
  const key = keyOnWorker(explanation);
  const task = key === null ? undefined : server.state.keys.get(key);
  const worker = task?.processingOn;
  if (task === undefined || worker === undefined || worker === null) return null;
  const peer = [...server.workerPeers].find(({ record }) => record === worker);
  return peer === undefined ? null : ask(server, peer, task.id);
}

function keyOnWorker({ reason, key, details }: Explanation): string | null {
  if (reason === 'on-worker') return key;
  const cause = details['cause'] as Explanation | null | undefined;
  return cause?.reason === 'on-worker' ? cause.key : null;
}

async function ask(server: SchedulerContext, { link, record }: WorkerPeer, taskId: number): Promise<Facts | null> {
  if (!link.peer.features.includes(INSPECTION_FEATURE)) return null;
  try {
    const limit = { timeoutMs: WORKER_TIMEOUT_MS };
    return (await link.request({ op: 'explain-local-task', taskId }, limit)).explanation;
  } catch (error) {
    if (!isGridError(error)) throw error;
    server.logger.debug({ worker: record?.about.address, code: error.code }, 'a worker did not explain a task');
    return null;
  }
}
