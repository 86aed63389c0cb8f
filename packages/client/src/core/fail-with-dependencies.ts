import type { MessageWith } from '@grid/protocol';

import type { ClientState } from './client-state.js';
import type { FutureRecord } from './future-record.js';
import type { SubmissionLog } from './submission-log.js';

/** What becomes of tasks that were turned away for what they depend on. */
export interface RefusedDependents {
  /** Those that have failed for the same reason. */
  readonly failed: readonly FutureRecord[];
  /** Numbers of those that are submitted again before long, with what they depend on. */
  readonly again: ReadonlySet<number>;
}

/**
 * A scheduler has turned tasks away since they depend on what it does not know. Where that is something that failed at a
 * former scheduler, and of which the present one was told nothing, they fail for the same reason: as if it knew. If that is
 * about to be tried again, they wait for it: all that this client wants is submitted again then.
 *
 * @param refusal - `left`: numbers of failed tasks that the scheduler knows nothing of; what depends on them is added.
 * @returns What has become of them. Others that were refused are not touched.
 */
export function failWithDependencies(
  state: ClientState,
  log: SubmissionLog<unknown>,
  { left, message: { ids, code } }: { readonly left: Set<number>; readonly message: MessageWith<'graph-refused'> },
): RefusedDependents {
  const failed: FutureRecord[] = [];
  const again = new Set<number>();
  if (left.size === 0 || code !== 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY') return { failed, again };
  for (const [id, cause] of findCauses(state, log, { left, ids })) {
    const record = state.byId.get(id);
    if (record?.status !== 'pending') continue;
    left.add(id);
    if (cause.status === 'pending') {
      again.add(id);
      continue;
    }
    record.status = 'error';
    record.failure = cause.failure;
    failed.push(record);
  }
  return { failed, again };
}

/** What failed or is tried again, for each of the tasks that depend on it, also through others of them. */
function findCauses(
  state: ClientState,
  log: SubmissionLog<unknown>,
  { left, ids }: { readonly left: ReadonlySet<number>; readonly ids: ArrayLike<number> },
): ReadonlyMap<number, FutureRecord> {
  const causes = new Map<number, FutureRecord>();
  const causeOf = (id: number): FutureRecord | undefined => {
    const record = left.has(id) ? state.byId.get(id) : undefined;
    return record?.status === 'error' || record?.status === 'pending' ? record : causes.get(id);
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
