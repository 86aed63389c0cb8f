import { answerLoopProfile, profileQuery, toProfileRows, type ProfilingOptions } from '@grid/profiler';
import type { MessageWith } from '@grid/protocol';

import type { Executor } from '../../executor/executor.js';

/** What tasks were doing when they were looked at, or this worker's event loop. */
export async function answerProfile(
  { executor, profiling }: { readonly executor: Pick<Executor, 'profiler'>; readonly profiling: ProfilingOptions },
  message: MessageWith<'profile'>,
): Promise<MessageWith<'profile-reply'>> {
  if (message.of !== 'tasks') return answerLoopProfile(message);
  const { profiler } = executor;
  const trees = await profiler.read(profileQuery(message), profiling);
  const { problem } = profiler;
  const { intervalMs } = profiling;
  return { op: 'profile-reply', servers: [{ server: '', intervalMs, rows: toProfileRows(trees), problem }] };
}
