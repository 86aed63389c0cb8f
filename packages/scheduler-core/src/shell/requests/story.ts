import { isGridError } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

type StoryRow = MessageWith<'story-reply'>['rows'][number];

/** A worker that is slower leaves a gap in the story. Milliseconds. */
const WORKER_TIMEOUT_MS = 5000;

/** The steps of tasks here and on all workers, by time. */
export async function story(server: SchedulerContext, keys: readonly string[]): Promise<MessageWith<'story-reply'>> {
  const own = server.state.story.of(new Set(keys)).map((step) => ({ server: 'scheduler', ...step }));
  const theirs = await Promise.all(Array.from(server.workerPeers, (peer) => ask(server, peer, keys)));
  return { op: 'story-reply', rows: [...own, ...theirs.flat()].sort((a, b) => a.at - b.at) };
}

async function ask(
  server: SchedulerContext,
  { link, record }: WorkerPeer,
  keys: readonly string[],
): Promise<readonly StoryRow[]> {
  try {
    return (await link.request({ op: 'worker-story', keys }, { timeoutMs: WORKER_TIMEOUT_MS })).rows;
  } catch (error) {
    if (!isGridError(error)) throw error;
    server.logger.warn(
      { worker: record?.about.address, code: error.code },
      'a worker did not tell its part of a story',
    );
    return [];
  }
}
