import type { MessageWith } from '@grid/protocol';

import type { ClientState } from './client-state.js';
import type { FutureRecord } from './future-record.js';
import type { SubmissionLog } from './submission-log.js';

/**
 * A scheduler has turned tasks away since they depend on what it does not know. Where that is something that failed at a
 * former scheduler, and of which the present one was told nothing, they fail for the same reason: as if it knew.
 *
 * @param refusal - `left`: numbers of failed tasks that the scheduler knows nothing of; those that fail here are added.
 * @returns The records that settled by it. The others that were refused are not touched.
 */
export function failWithDependencies(
  state: ClientState,
  log: SubmissionLog<unknown>,
  { left, message: { ids, code } }: { readonly left: Set<number>; readonly message: MessageWith<'graph-refused'> },
): readonly FutureRecord[] {
  if (left.size === 0 || code !== 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY') return [];
  const failed: FutureRecord[] = [];
  for (const [id, cause] of findCauses(state, log, { left, ids })) {
    const record = state.byId.get(id);
    if (record?.status !== 'pending') continue;
    record.status = 'error';
    record.failure = cause.failure;
    left.add(id);
    failed.push(record);
  }
  return failed;
}

/** What failed, for each of the tasks that depend on it, also through others of them. */
function findCauses(
  state: ClientState,
  log: SubmissionLog<unknown>,
  { left, ids }: { readonly left: ReadonlySet<number>; readonly ids: ArrayLike<number> },
): ReadonlyMap<number, FutureRecord> {
  const causes = new Map<number, FutureRecord>();
  const causeOf = (id: number): FutureRecord | undefined => {
    const record = left.has(id) ? state.byId.get(id) : undefined;
    return record?.status === 'error' ? record : causes.get(id);
  };
  // Nearly always tasks depend on those before them, and the second round finds nothing.
  for (let before = -1; before !== causes.size;) {
    before = causes.size;
    for (let row = 0; row < ids.length; row += 1) {
      const id = ids[row] as number;
      if (causes.has(id)) continue;
      for (const dependency of log.dependenciesOf(id)) {
        const cause = causeOf(dependency);
        if (cause === undefined) continue;
        causes.set(id, cause);
        break;
      }
    }
  }
  return causes;
}
