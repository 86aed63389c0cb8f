import { checkUpload, hashUpload, type MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { dropUpload, giveUpload } from '../uploads/give-upload.js';

/** Keeps what a client uploads, and gives it to all workers. Nothing in it is looked at. */
export async function takeUpload(
  server: SchedulerContext,
  { name, kind, hash, files }: MessageWith<'upload'>,
): Promise<MessageWith<'upload-reply'>> {
  const upload = { name, kind, files };
  checkUpload(upload);
  if ((await hashUpload(upload)) !== hash) {
    throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `the upload '${name}' is not what its hash says`, {
      details: { name },
    });
  }
  const kept = server.uploads.put(upload, hash);
  const outcomes = await Promise.all(
    Array.from(server.workerPeers, async (peer) => {
      const worker = peer.record?.about.address ?? '';
      return { worker, ...(await giveUpload(server, peer, kept)) };
    }),
  );
  return {
    op: 'upload-reply',
    workers: outcomes.filter(({ isThere }) => isThere).length,
    problems: outcomes.flatMap(({ worker, problem }) => (problem === null ? [] : [{ worker, problem }])),
  };
}

/** Forgets what a client uploaded, here and on all workers. */
export function removeUpload(server: SchedulerContext, name: string): MessageWith<'remove-upload-reply'> {
  const found = server.uploads.remove(name);
  if (found) for (const peer of server.workerPeers) dropUpload(peer, name);
  return { op: 'remove-upload-reply', found };
}
