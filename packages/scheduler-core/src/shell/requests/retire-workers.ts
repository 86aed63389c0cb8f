import type { MessageWith } from '@grid/protocol';

import { isNamed } from '../../core/placement/restrictions.js';
import { workersToClose } from '../../core/placement/workers-to-close.js';
import type { WorkerRecord } from '../../core/records.js';
import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';

const REASON = 'it was retired';

/** Has workers finish what they run, moves their results, and has them leave. */
export async function retireWorkers(
  server: SchedulerContext,
  message: MessageWith<'retire-workers'>,
): Promise<MessageWith<'retire-workers-reply'>> {
  const workers = choose(server, message);
  const outcomes = await server.retirements.retire(workers, message.timeoutMs);
  const retired: string[] = [];
  const kept: { worker: string; reason: string }[] = [];
  workers.forEach((worker, index) => {
    const outcome = outcomes[index];
    if (outcome?.isReady === false) kept.push({ worker: worker.about.address, reason: outcome.reason });
    else {
      retired.push(worker.about.address);
      dismiss(server, worker, message);
    }
  });
  return { op: 'retire-workers-reply', retired, kept };
}

function choose({ state }: SchedulerContext, { workers: names, count }: MessageWith<'retire-workers'>): WorkerRecord[] {
  if (names === null) return workersToClose(state, count);
  for (const name of names) {
    if (state.workers.some((worker) => isNamed(worker, [name]))) continue;
    throw new SchedulerError('GRID_SCHEDULER_UNKNOWN_WORKER', `there is no worker named or at ${name}`, {
      details: { worker: name },
    });
  }
  return state.workers.filter((worker) => isNamed(worker, names));
}

function dismiss(
  server: SchedulerContext,
  worker: WorkerRecord,
  { closeWorkers, remove }: MessageWith<'retire-workers'>,
): void {
  const peer = [...server.workerPeers].find(({ record }) => record === worker);
  if (peer === undefined) return;
  if (closeWorkers) peer.outbox?.close(REASON);
  if (remove) peer.leave(REASON, true);
}
