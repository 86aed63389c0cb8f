import type { NumberColumn, TextColumn } from '@grid/protocol';

import type { GraphBlock } from './graph-block.js';
import type { ClientRecord } from './records.js';

/** What a worker has of a former scheduler's tasks, a row each. */
export interface WorkerInventory {
  /** One above the largest number of a task, and of a run, that the worker goes on using. */
  readonly taskEnd: number;
  readonly runEnd: number;
  readonly taskIds: NumberColumn;
  readonly runIds: NumberColumn;
  readonly rows: readonly OrphanKind[];
  readonly sizes: NumberColumn;
  /** The scheduler's numbers of the kinds of the results; -1: unknown. */
  readonly typeIds: NumberColumn;
  readonly keys: TextColumn;
}

/** What there is of a task. */
export interface OrphanKind {
  /** `null`: its result is there; else a thread has it. */
  readonly run: 'running' | 'long-running' | null;
  /** What it makes lives there and nowhere else. */
  readonly isActor: boolean;
}

/** Who wants what nobody has claimed. */
export interface Orphans {
  readonly owner: ClientRecord;
  /** What actors are said to be made of, which cannot be made again. */
  readonly actors: GraphBlock;
}
