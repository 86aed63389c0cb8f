import { randomUUID } from 'node:crypto';

import { annotate, currentAnnotations } from '@grid/graph';

import { ClientError } from '../errors.js';
import { checkText } from '../operations/graph-options.js';

/**
 * Gives a name to a part of a program: `client.spans()` says what the tasks cost that `work` submits, also behind its
 * awaits, and those that these submit. Spans may be within each other; each call is one of its own.
 *
 * @returns What `work` gives.
 * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for a name that is none.
 *
 * @example
 * ```ts
 * const model = await span('train', async () => {
 *   const parts = await span('load', () => client.gather(client.map(load, files)));
 *   return client.submit(train, [parts]).result();
 * });
 * ```
 *
 * @source dask.distributed `span`.
 */
export function span<T>(name: string, work: () => T): T {
  if (typeof name !== 'string' || name === '') {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', 'a span has a name that is a text and not empty', {
      details: { option: 'name' },
    });
  }
  checkText('name', name);
  const around = currentAnnotations()?.span ?? [];
  return annotate({ span: [...around, { id: randomUUID(), name }] }, work);
}
