import { messageOf } from '@grid/common';
import { UPLOADS_FEATURE } from '@grid/protocol';

import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import type { KeptUpload } from './upload-store.js';

/** Milliseconds for one worker to get one upload. */
const GIVE_TIMEOUT_MS = 240_000;

/**
 * Has a worker get an upload. What the scheduler says to the worker afterwards, it hears with the upload at hand.
 *
 * @returns Why the worker does not have it; `null` if it has, or has left.
 */
export async function giveUpload(
  server: SchedulerContext,
  peer: WorkerPeer,
  upload: KeptUpload,
): Promise<string | null> {
  const { name, kind, hash, nbytes } = upload;
  if (!knowsUploads(peer)) return 'it is of a version that knows no uploads';
  try {
    await server.uploads.whileUnderWay(upload, () =>
      peer.link.request({ op: 'take-upload', name, kind, hash, nbytes }, { timeoutMs: GIVE_TIMEOUT_MS }),
    );
    return null;
  } catch (error) {
    if (peer.record === null) return null;
    server.logger.warn(
      { worker: peer.record.about.name, upload: name, error: messageOf(error) },
      'a worker did not get an upload',
    );
    return messageOf(error);
  }
}

/** Tells a worker to forget an upload. */
export function dropUpload(peer: WorkerPeer, name: string): void {
  if (knowsUploads(peer) && !peer.link.isClosed) peer.link.send({ op: 'drop-upload', name });
}

function knowsUploads({ link }: WorkerPeer): boolean {
  return link.peer.features.includes(UPLOADS_FEATURE);
}
