import { allDefinitions } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';

/**
 * Requests of clients that a scheduler does not answer, by the word of the message.
 *
 * @throws {@link SchedulerError} `GRID_SCHEDULER_BAD_OPTION` for a word that is none: a typing error would block nothing.
 */
export function blockedRequests(words: readonly string[]): ReadonlySet<string> {
  const known = new Set<string>(allDefinitions.map(({ op }) => op));
  for (const word of words) {
    if (known.has(word)) continue;
    throw new SchedulerError(
      'GRID_SCHEDULER_BAD_OPTION',
      `there is no request '${word}' to block; docs/wire.md says where they are listed`,
      { details: { word } },
    );
  }
  return new Set(words);
}

/** @throws {@link SchedulerError} `GRID_SCHEDULER_REQUEST_BLOCKED` if it is one of those. */
export function refuseBlocked(blocked: ReadonlySet<string>, op: string): void {
  if (!blocked.has(op)) return;
  throw new SchedulerError(
    'GRID_SCHEDULER_REQUEST_BLOCKED',
    `this scheduler was started so that it does not answer '${op}'`,
    { details: { op } },
  );
}
