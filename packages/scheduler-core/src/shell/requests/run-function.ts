import { isGridError, messageOf } from '@grid/common';
import { encodeError, errorText, RUN_ON_NANNIES_FEATURE, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import { chooseWorkerPeers } from './choose-worker-peers.js';

type Outcome = MessageWith<'run-function-reply'>['outcomes'][number];

/** A function that runs longer on a worker is given up, also if its client would wait on. Milliseconds. */
const RUN_TIMEOUT_MS = 3_600_000;

/** Has workers, or their nannies, run a function. What one of them cannot do is its outcome, and no other's. */
export async function runFunction(
  server: SchedulerContext,
  message: MessageWith<'run-function'>,
  signal: AbortSignal,
): Promise<MessageWith<'run-function-reply'>> {
  const peers = chooseWorkerPeers(server, message.workers);
  const outcomes = await Promise.all(peers.map((peer) => runOn(server, peer, { message, signal })));
  return { op: 'run-function-reply', outcomes: outcomes.flat() };
}

async function runOn(
  server: SchedulerContext,
  peer: WorkerPeer,
  { message, signal }: { readonly message: MessageWith<'run-function'>; readonly signal: AbortSignal },
): Promise<readonly Outcome[]> {
  const worker = peer.record?.about.address ?? '';
  try {
    const link = message.nanny === true ? nannyOf(server, peer) : peer.link;
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

/** @throws {@link SchedulerError} `GRID_SCHEDULER_BAD_REQUEST` */
function nannyOf({ nannies }: SchedulerContext, { about }: WorkerPeer): Link {
  const link = nannies.of(about)?.link;
  if (link?.peer.features.includes(RUN_ON_NANNIES_FEATURE) === true) return link;
  const why = link === undefined ? 'it has no nanny' : 'its nanny is of a version that runs no functions';
  throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', why);
}
