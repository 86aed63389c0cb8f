import type { TextFile } from './find-markdown.js';

/** Enough for a task to be worth its sending, and small enough to spread over all workers. */
const BATCH_BYTES = 128 * 1024;

/** Cuts the list, in its order, into batches of about equal size: one task each. */
export function batchFiles(files: readonly TextFile[], batchBytes: number = BATCH_BYTES): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const { path, bytes } of files) {
    if (room <= 0 || batches.length === 0) {
      batches.push([]);
      room = batchBytes;
    }
    batches.at(-1)?.push(path);
    room -= bytes;
  }
  return batches;
}
