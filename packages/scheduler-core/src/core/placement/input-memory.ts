import { nbytesOf, type TaskRecord, type WorkerRecord } from '../records.js';

/**
 * Whether all inputs of `task` fit into the memory of `worker` at once, if it had nothing else in it: while a task runs they
 * are there. One that has not said how much memory it has takes everything.
 *
 * @source dask.distributed `SchedulerState._add_to_processing`
 */
export function holdsInputs({ about: { memoryLimit } }: WorkerRecord, task: TaskRecord): boolean {
  return task.dependencies === null || memoryLimit === 0 || inputBytesOf(task) <= memoryLimit;
}

/** Bytes of all inputs of `task`. */
export function inputBytesOf({ dependencies }: TaskRecord): number {
  if (dependencies === null) return 0;
  if (!Array.isArray(dependencies)) return nbytesOf(dependencies);
  let bytes = 0;
  for (let index = 0; index < dependencies.length; index += 1) bytes += nbytesOf(dependencies[index] as TaskRecord);
  return bytes;
}
