import { ActivityTotals } from '@grid/common';
import { keyPrefix } from '@grid/graph';
import { SPANS_FEATURE } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { LocalTask } from '../core/local-task.js';
import type { TaskActivity } from '../executor/executor.js';

/** What this worker spends time and bytes on, until the scheduler is told: with each heartbeat, and when it asks. */
export class WorkerActivities {
  readonly #totals = new ActivityTotals();
  #link: Link | undefined;

  open(link: Link): void {
    this.#link = link;
  }

  /** Whoever was to be told is gone: spans have numbers of its own. */
  forget(): void {
    this.#totals.take();
  }

  /** Something was done once, for no task in particular, with so many bytes. */
  took(context: 'gather-dep' | 'get-data' | 'spill', activity: string, ms: number | null, nbytes: number): void {
    const labels = { span: 0, context, prefix: '', activity };
    if (ms !== null) this.#totals.add({ ...labels, unit: 'seconds' }, ms / 1000);
    this.#totals.add({ ...labels, unit: 'bytes' }, nbytes);
    this.#totals.add({ ...labels, unit: 'count' }, 1);
  }

  /** A task spent so much, in its thread. `undefined`: a function outside of tasks. */
  ofTask(task: LocalTask | undefined, { activity, unit, value }: TaskActivity): void {
    const span = task?.spanNumber ?? 0;
    const prefix = task === undefined ? '' : keyPrefix(task.key);
    this.#totals.add({ span, context: 'execute', prefix, activity, unit }, value);
  }

  /** Tells the scheduler what it has not heard of. */
  tell(): void {
    const link = this.#link;
    if (link === undefined || link.isClosed || this.#totals.size === 0) return;
    if (link.peer.features.includes(SPANS_FEATURE)) link.send({ op: 'activities', rows: this.#totals.take() });
  }
}
