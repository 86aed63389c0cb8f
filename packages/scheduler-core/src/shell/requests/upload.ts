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
  const peers = [...server.workerPeers];
  const outcomes = await Promise.all(
    peers.map(async (peer) => {
      const worker = peer.record?.about.address ?? '';
      return { worker, problem: await giveUpload(server, peer, kept) };
    }),
  );
  const problems = outcomes.flatMap(({ worker, problem }) => (problem === null ? [] : [{ worker, problem }]));
  return { op: 'upload-reply', workers: outcomes.length - problems.length, problems };
}

/** Forgets what a client uploaded, here and on all workers. */
export function removeUpload(server: SchedulerContext, name: string): MessageWith<'remove-upload-reply'> {
  const found = server.uploads.remove(name);
  if (found) for (const peer of server.workerPeers) dropUpload(peer, name);
  return { op: 'remove-upload-reply', found };
}
