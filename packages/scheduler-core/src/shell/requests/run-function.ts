import { isGridError, messageOf } from '@grid/common';
import { encodeError, errorText, type MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import { chooseWorkerPeers } from './choose-worker-peers.js';

type Outcome = MessageWith<'run-function-reply'>['outcomes'][number];

/** A function that runs longer on a worker is given up, also if its client would wait on. Milliseconds. */
const RUN_TIMEOUT_MS = 3_600_000;

/** Has workers run a function. What one of them cannot do is its outcome, and no other's. */
export async function runFunction(
  server: SchedulerContext,
  message: MessageWith<'run-function'>,
  signal: AbortSignal,
): Promise<MessageWith<'run-function-reply'>> {
  const peers = chooseWorkerPeers(server, message.workers);
  const outcomes = await Promise.all(peers.map((peer) => runOn(peer, message, signal)));
  return { op: 'run-function-reply', outcomes: outcomes.flat() };
}

async function runOn(
  { link, record }: WorkerPeer,
  message: MessageWith<'run-function'>,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const worker = record?.about.address ?? '';
  try {
    const reply = await link.request({ ...message, workers: [] }, { timeoutMs: RUN_TIMEOUT_MS, signal });
    return reply.outcomes.map((outcome) => ({ ...outcome, worker }));
  } catch (error) {
    if (signal.aborted || !isGridError(error)) throw error;
    const lost = new SchedulerError('GRID_SCHEDULER_UNKNOWN_WORKER', `${worker} did not answer: ${messageOf(error)}`, {
      details: { worker, code: error.code },
    });
    const { name, message: text, stack = '' } = errorText(lost);
    return [{ worker, value: null, failure: { error: encodeError(lost), name, message: text, stack } }];
  }
}
