import { messageOf } from '@grid/common';
import { UPLOADS_FEATURE } from '@grid/protocol';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import type { KeptUpload } from './upload-store.js';

/** Milliseconds for one worker to get one upload. */
const GIVE_TIMEOUT_MS = 240_000;

/**
 * Has a worker get an upload. What the scheduler says to the worker afterwards, it hears with the upload at hand.
 *
 * @returns Whether the worker has it; if not, why, with no reason if it has left.
 */
export async function giveUpload(
  server: SchedulerContext,
  peer: WorkerPeer,
  upload: KeptUpload,
): Promise<{ readonly isThere: boolean; readonly problem: string | null }> {
  const { name, kind, hash, nbytes } = upload;
  if (!knowsUploads(peer)) return { isThere: false, problem: 'it is of a version that knows no uploads' };
  try {
    await server.uploads.whileUnderWay(upload, () =>
      peer.link.request({ op: 'take-upload', name, kind, hash, nbytes }, { timeoutMs: GIVE_TIMEOUT_MS }),
    );
    return { isThere: true, problem: null };
  } catch (error) {
    if (peer.record === null) return { isThere: false, problem: null };
    server.logger.warn(
      { worker: peer.record.about.name, upload: name, error: messageOf(error) },
      'a worker did not get an upload',
    );
    return { isThere: false, problem: messageOf(error) };
  }
}

/** Tells a worker to forget an upload. */
export function dropUpload(peer: WorkerPeer, name: string): void {
  if (knowsUploads(peer) && !peer.link.isClosed) peer.link.send({ op: 'drop-upload', name });
}

function knowsUploads({ link }: WorkerPeer): boolean {
  return link.peer.features.includes(UPLOADS_FEATURE);
}
