import type { Logger } from '@grid/common';

import type { TaskProfiler } from '../executor/executor.js';
import { profilingOf, type WorkerOptions } from '../options.js';

/** Begins to sample what tasks do, if that is wanted before anybody asks. @throws `GRID_WORKER_BAD_OPTION` */
export async function startProfiling(
  profiler: TaskProfiler,
  options: Pick<WorkerOptions, 'profiling'>,
  logger: Logger,
): Promise<void> {
  const profiling = profilingOf(options);
  if (!profiling.isOn) return;
  const problem = await profiler.start(profiling);
  if (problem !== '') logger.warn({ problem }, 'what tasks do cannot be sampled');
}
