import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { isGridError } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { assertInspectable } from './assert-inspectable.js';
import { ClusterDump } from './cluster-dump.js';
import { schedulerInfo } from './inspect-cluster.js';

type Part = MessageWith<'dump-state'>['part'];

const PARTS: readonly Part[] = ['about', 'tasks', 'story'];
/** Rows of a page. */
const COUNT = 5000;

/** Reads the state of the scheduler and all workers. */
export async function readClusterState(parts: ClientParts): Promise<ClusterDump> {
  const pages: Uint8Array[] = [];
  for await (const page of readPages(parts)) pages.push(page);
  return ClusterDump.parse(Buffer.concat(pages));
}

/** Writes the state to a file, a page at a time; compressed if its name ends with `.gz`. */
export async function dumpClusterState(parts: ClientParts, file: string | URL): Promise<void> {
  const target = createWriteStream(file, { mode: 0o600 });
  if (String(file).endsWith('.gz')) await pipeline(readPages(parts), createGzip(), target);
  else await pipeline(readPages(parts), target);
}

async function* readPages(parts: ClientParts): AsyncGenerator<Uint8Array> {
  parts.assertOpen('dump the state of the cluster');
  await assertInspectable(parts);
  parts.outbox.closeBatch();
  // An answer on the control line: what was said before has been taken in.
  const { workers } = await schedulerInfo(parts);
  for (const part of PARTS) yield* readPart(parts, '', part);
  for (const worker of Object.keys(workers)) yield* readWorker(parts, worker);
}

async function* readWorker(parts: ClientParts, worker: string): AsyncGenerator<Uint8Array> {
  try {
    for (const part of PARTS) yield* readPart(parts, worker, part);
  } catch (error) {
    // A dump is made when something is wrong: what does not answer is missing in it.
    if (!isGridError(error)) throw error;
    parts.logger.warn({ worker, code: error.code }, 'a worker is missing in the dump, or part of it is');
  }
}

async function* readPart(parts: ClientParts, server: string, part: Part): AsyncGenerator<Uint8Array> {
  let after: number | null = 0;
  while (after !== null) {
    const message: MessageWith<'dump-state'> = { op: 'dump-state', server, part, after, count: COUNT };
    const { lines, next }: MessageWith<'dump-state-reply'> = await parts.requests.bulkRequest(message);
    yield lines;
    after = next;
  }
}
