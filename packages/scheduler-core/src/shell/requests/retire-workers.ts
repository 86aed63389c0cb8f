import type { MessageWith } from '@grid/protocol';

import { workersToClose } from '../../core/placement/workers-to-close.js';
import type { WorkerRecord } from '../../core/records.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { chooseWorkers } from './choose-workers.js';

const REASON = 'it was retired';

/** Has workers finish what they run, moves their results, and has them leave. */
export async function retireWorkers(
  server: SchedulerContext,
  message: MessageWith<'retire-workers'>,
): Promise<MessageWith<'retire-workers-reply'>> {
  const { workers: names, count } = message;
  const workers = names === null ? workersToClose(server.state, count) : chooseWorkers(server.state, names);
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
