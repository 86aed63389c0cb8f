import type { Client, Future } from '@grid/client';
import { invariant } from '@grid/common';

import { createProgress } from './progress.js';

/** Shows on stderr how many of the tasks are done, and resolves to the result of the last future. */
export async function followFutures<T>(client: Client, futures: readonly Future<T>[], what: string): Promise<T> {
  const last = futures.at(-1);
  invariant(last !== undefined, 'an example without tasks');
  using progress = createProgress(futures.length, what, process.stderr);
  for await (const _done of client.asCompleted(futures)) progress.advance();
  return await last.result();
}
