import { isGridError, messageOf } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import { CLUSTER_TOPICS } from '../events/cluster-events.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import { chooseWorkerPeers } from './choose-worker-peers.js';

type Outcome = MessageWith<'restart-reply'>['outcomes'][number];

const REASON = 'a client has workers restarted';

/** Ends workers and has their nannies start them anew; those without are told to leave. */
export async function restart(
  server: SchedulerContext,
  { workers, cancelsAll, timeoutMs, isAwaited }: MessageWith<'restart'>,
): Promise<MessageWith<'restart-reply'>> {
  const peers = chooseWorkerPeers(server, workers);
  if (cancelsAll) {
    server.events.tell([CLUSTER_TOPICS.all], 'restart', { workers: peers.length });
    server.stimulate({ op: 'restart' });
  }
  const restarts = peers.map((peer) => restartOne(server, peer, timeoutMs));
  const outcomes = isAwaited ? await Promise.all(restarts) : peers.map((peer) => outcomeAtOnce(server, peer));
  return { op: 'restart-reply', outcomes };
}

async function restartOne(server: SchedulerContext, peer: WorkerPeer, timeoutMs: number): Promise<Outcome> {
  const { worker, outcome } = outcomeAtOnce(server, peer);
  const nanny = server.nannies.of(peer.about);
  if (nanny === null) {
    peer.outbox?.close(REASON);
    return { worker, outcome, problem: '' };
  }
  try {
    await nanny.restart(REASON, timeoutMs);
    return { worker, outcome: 'restarted', problem: '' };
  } catch (error) {
    const isLate = isGridError(error, 'GRID_RPC_TIMEOUT');
    return { worker, outcome: isLate ? 'late' : 'failed', problem: messageOf(error) };
  }
}

function outcomeAtOnce(server: SchedulerContext, { record, about }: WorkerPeer): Outcome {
  const outcome = server.nannies.of(about) === null ? 'closed' : 'restarting';
  return { worker: record?.about.address ?? '', outcome, problem: '' };
}
