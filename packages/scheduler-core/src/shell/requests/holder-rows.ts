import { textColumn, type MessageWith } from '@grid/protocol';

import type { TaskRecord, WorkerRecord } from '../../core/records.js';

type HolderRows = MessageWith<'who-has-reply'>['holders'];

/** A task number that no task has: for rows of which nothing is known. */
const NO_TASK = Number.MAX_SAFE_INTEGER;

/** A row of {@link holderRows}: a task and workers; or nothing, so that rows keep their places. */
export interface HolderRow {
  readonly task: TaskRecord | undefined;
  readonly workers: readonly WorkerRecord[];
}

/** Tasks and their workers as columns. */
export function holderRows(rows: readonly HolderRow[]): HolderRows {
  const places = new Map<WorkerRecord, number>();
  const ends: number[] = [];
  const ids: number[] = [];
  for (const { workers } of rows) {
    for (const worker of workers) {
      const place = places.get(worker) ?? places.size;
      places.set(worker, place);
      ids.push(place);
    }
    ends.push(ids.length);
  }
  return {
    keys: textColumn(rows.map(({ task }) => task?.key ?? '')),
    taskIds: rows.map(({ task }) => task?.id ?? NO_TASK),
    sizes: rows.map(({ task }) => task?.nbytes ?? -1),
    holders: { ends, ids },
    workers: [...places.keys()].map(({ id, about }) => ({ id, address: about.address })),
  };
}
