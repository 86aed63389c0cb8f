import { keyPrefix } from '@grid/graph';

import type { PoolThread, Run } from '../pool-thread.js';

/** Of one thread and piece of profile. */
const PREFIXES_MAX = 100;

/** The prefixes of tasks that were under way in a thread in the current piece of its profile. */
export class OpenPrefixes {
  readonly #suspended = new Set<string>();

  /** The task waits for a promise; it may go on, and end, before the piece does. */
  onSuspended({ task }: Run): void {
    if (this.#suspended.size < PREFIXES_MAX) this.#suspended.add(keyPrefix(task.key));
  }

  /** Those of this piece, which ends now. */
  take(thread: PoolThread): ReadonlySet<string> {
    const open = new Set(this.#suspended);
    this.#suspended.clear();
    for (const run of thread.runs.values()) {
      if (open.size >= PREFIXES_MAX) break;
      if (run.isSuspended) this.onSuspended(run);
      if (run.isSuspended || thread.hasBegun(run)) open.add(keyPrefix(run.task.key));
    }
    return open;
  }
}
