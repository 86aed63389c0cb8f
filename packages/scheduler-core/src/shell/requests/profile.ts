import { isGridError, messageOf } from '@grid/common';
import { answerLoopProfile, toProfileRows } from '@grid/profiler';
import { PROFILE_FEATURE, type MessageWith } from '@grid/protocol';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import { chooseWorkerPeers } from './choose-worker-peers.js';

type ServerProfile = MessageWith<'profile-reply'>['servers'][number];

/** One that is slower is left out, with the reason. Milliseconds. */
const WORKER_TIMEOUT_MS = 10_000;

/** What tasks or event loops were doing when they were looked at. Profiles of workers are handed on as they are. */
export async function profile(
  server: SchedulerContext,
  message: MessageWith<'profile'>,
): Promise<MessageWith<'profile-reply'>> {
  if (message.of === 'scheduler') return answerLoopProfile(message);
  const asked = chooseWorkerPeers(server, message.workers).map((peer) => askOne(peer, { ...message, workers: [] }));
  return { op: 'profile-reply', servers: await Promise.all(asked) };
}

async function askOne({ link, record }: WorkerPeer, message: MessageWith<'profile'>): Promise<ServerProfile> {
  const address = record?.about.address ?? '';
  if (!link.peer.features.includes(PROFILE_FEATURE)) return nothing(address, 'it is of a version that cannot tell');
  try {
    const { servers } = await link.request(message, { timeoutMs: WORKER_TIMEOUT_MS });
    const [answer] = servers;
    return answer === undefined ? nothing(address, 'it gave none') : { ...answer, server: address };
  } catch (error) {
    if (!isGridError(error)) throw error;
    return nothing(address, messageOf(error));
  }
}

function nothing(server: string, problem: string): ServerProfile {
  return { server, intervalMs: 0, rows: toProfileRows(new Map()), problem };
}
