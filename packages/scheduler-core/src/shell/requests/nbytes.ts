import { textColumn, type MessageWith } from '@grid/protocol';

import { nbytesOf, type TaskRecord } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { STATE } from '../../core/task-state.js';

/** Sizes of results: of each of `keys`, or of all there are; summed up by prefix if that is wanted. */
export function nbytes(state: SchedulerState, { keys, summary }: MessageWith<'nbytes'>): MessageWith<'nbytes-reply'> {
  const sizes = new Map<string, number>();
  for (const task of resultsOf(state, keys)) {
    const name = summary ? task.group.prefix.name : task.key;
    sizes.set(name, (sizes.get(name) ?? 0) + nbytesOf(task));
  }
  return { op: 'nbytes-reply', names: textColumn([...sizes.keys()]), sizes: [...sizes.values()] };
}

function* resultsOf(state: SchedulerState, keys: readonly string[] | null): Generator<TaskRecord> {
  for (const task of keys === null ? state.keys.values() : new Set(keys).values()) {
    const record = typeof task === 'string' ? state.keys.get(task) : task;
    if (record?.state === STATE.memory) yield record;
  }
}
