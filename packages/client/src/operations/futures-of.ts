import { TaskGraph } from '@grid/graph';

import { badArgument } from '../check-arguments.js';
import { FutureHandle, foreignFuture } from '../future-handle.js';
import { isFuture, type Future } from '../future.js';
import { visitFutures } from './nested-futures.js';

/**
 * The futures in a value, each once: in nested arrays, plain objects, Maps and Sets, and in graphs, such as those that
 * `Client.persist` gives.
 *
 * @source dask.distributed `futures_of`.
 */
export function futuresOf(value: unknown): Future<unknown>[] {
  const found = new Set<Future<unknown>>();
  const add = (future: object): void => {
    if (isFuture(future)) found.add(future);
  };
  if (value instanceof TaskGraph) {
    for (const spec of value) visitFutures(spec.kind === 'call' ? spec.args : spec.value, add);
  } else visitFutures(value, add);
  return [...found];
}

/**
 * Has tasks done to their end though nobody may hold a future of them any more, nor the client be there that submitted
 * them: for tasks that are run for what they do. Their results are let go as soon as they are there, unless somebody
 * holds a future; nobody hears of their errors.
 *
 * @param value - A future, or a value with futures in it, as {@link futuresOf} finds them.
 * @throws {@link ClientError} `GRID_CLIENT_CLOSED`, `GRID_CLIENT_SCHEDULER_LOST`, `GRID_CLIENT_CANCELLED`.
 *
 * @example
 * ```ts
 * fireAndForget(client.submit(archive, [folder]));
 * ```
 *
 * @source dask.distributed `fire_and_forget`.
 */
export function fireAndForget(value: unknown): void {
  const futures = futuresOf(value);
  if (futures.length === 0)
    throw badArgument('what is left to itself is a future, or something that holds some', value);
  for (const future of futures) {
    if (!(future instanceof FutureHandle)) throw foreignFuture(future.key);
    future.fireAndForget();
  }
}
