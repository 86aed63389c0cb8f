import { isGridError } from '@grid/common';
import { VERSIONS_FEATURE, type MessageWith } from '@grid/protocol';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

type Row = MessageWith<'package-versions-reply'>['workers'][number];

/** A worker that is slower is left out. Milliseconds. */
const WORKER_TIMEOUT_MS = 5000;

/** The versions of packages on all workers. */
export async function packageVersions(
  server: SchedulerContext,
  packages: readonly string[],
): Promise<MessageWith<'package-versions-reply'>> {
  const rows = await Promise.all(Array.from(server.workerPeers, (peer) => ask(server, peer, packages)));
  return { op: 'package-versions-reply', workers: rows.flat() };
}

async function ask(
  server: SchedulerContext,
  { link, record }: WorkerPeer,
  packages: readonly string[],
): Promise<readonly Row[]> {
  if (record === null || !link.peer.features.includes(VERSIONS_FEATURE)) return [];
  const worker = record.about.address;
  try {
    const { workers } = await link.request({ op: 'package-versions', packages }, { timeoutMs: WORKER_TIMEOUT_MS });
    return workers.map((row) => ({ ...row, worker }));
  } catch (error) {
    if (!isGridError(error)) throw error;
    server.logger.warn({ worker, code: error.code }, 'a worker did not say what it has installed');
    return [];
  }
}
