import { isGridError, messageOf } from '@grid/common';
import { answerGetLogs, LOGS_FEATURE, toLogRows, type MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import { chooseWorkerPeers } from './choose-worker-peers.js';

type ServerLog = MessageWith<'get-logs-reply'>['servers'][number];

/** One that is slower is left out, with the reason. Milliseconds. */
const SERVER_TIMEOUT_MS = 10_000;

/** Characters of one answer, which those who are asked share. */
const CHARS_MAX = 32 * 2 ** 20;

/** What was logged last, by the scheduler, or by workers or their nannies. */
export async function getLogs(
  server: SchedulerContext,
  message: MessageWith<'get-logs'>,
): Promise<MessageWith<'get-logs-reply'>> {
  if (message.of === 'scheduler') return answerGetLogs(server.log, message);
  const peers = chooseWorkerPeers(server, message.workers);
  const charsMax = Math.min(message.charsMax, Math.floor(CHARS_MAX / Math.max(1, peers.length)));
  const logs = peers.map((peer) => askOne(server, peer, { ...message, workers: [], charsMax }));
  return { op: 'get-logs-reply', servers: await Promise.all(logs) };
}

async function askOne(
  server: SchedulerContext,
  { link, record, about }: WorkerPeer,
  message: MessageWith<'get-logs'>,
): Promise<ServerLog> {
  const address = record?.about.address ?? '';
  const asked: Link | null = message.of === 'workers' ? link : (server.nannies.of(about)?.link ?? null);
  if (asked === null) return nothing(address, 'it has no nanny');
  if (!asked.peer.features.includes(LOGS_FEATURE)) return nothing(address, 'it is of a version that cannot tell');
  try {
    const { servers } = await asked.request(message, { timeoutMs: SERVER_TIMEOUT_MS });
    const [log] = servers;
    return log === undefined ? nothing(address, 'it gave none') : { ...log, server: address };
  } catch (error) {
    if (!isGridError(error)) throw error;
    return nothing(address, messageOf(error));
  }
}

function nothing(server: string, problem: string): ServerLog {
  return { server, rows: toLogRows([]), problem };
}
