import type { LocalTask } from '../local-task.js';
import type { WorkerState } from '../worker-state.js';

/** A result below this part of what may be in memory never waits: small ones are what lets go of large ones. */
const SMALL_FRACTION = 1 / 256;

/**
 * Whether there is room for what `task` is expected to make, besides what is there and what is being made. If there never
 * can be, because nothing is being made and nothing moved out of memory, it runs all the same.
 */
export function fitsMemory(state: WorkerState, task: LocalTask): boolean {
  const { memory, options } = state;
  const { memoryBytesMax } = options;
  const outputBytes = task.stats?.outputBytes ?? 0;
  if (outputBytes <= memoryBytesMax * SMALL_FRACTION) return true;
  if (memory.residentBytes + state.expectedBytes + outputBytes <= memoryBytesMax) return true;
  return !memory.isRelieving && state.activeCount + state.overdueCount === 0;
}

/** Whether no more data should be fetched for now: what is there is on its way out. */
export function isMemoryShort({ memory, options }: WorkerState): boolean {
  return memory.isRelieving && memory.residentBytes > options.memoryBytesMax;
}
