import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { messageOf } from '@grid/common';

import { ClientError } from '../errors.js';

/** How often it is looked for, in milliseconds. */
const LOOK_MS = 20;

/**
 * The address in the file that a scheduler writes when it is ready. It may not be there yet, or be half written.
 *
 * @throws {@link ClientError} `GRID_CLIENT_CONNECT_FAILED`; the signal's reason.
 */
export async function readSchedulerFile(file: string, timeoutMs: number, signal?: AbortSignal): Promise<string> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const { address } = JSON.parse(await readFile(file, 'utf8')) as { address?: unknown };
      if (typeof address === 'string') return address;
      throw new TypeError('it has no address');
    } catch (error) {
      if (performance.now() > endsAt) {
        throw new ClientError(
          'GRID_CLIENT_CONNECT_FAILED',
          `the scheduler's file ${file} was not there, or not whole, after ${String(timeoutMs)} ms: ${messageOf(error)}`,
          { details: { file }, cause: error },
        );
      }
    }
    await pause(LOOK_MS);
  }
}
