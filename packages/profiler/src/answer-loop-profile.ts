import type { MessageWith } from '@grid/protocol';

import { LoopProfiler } from './loop-profiler.js';
import type { ProfileQuery } from './profile-history.js';
import { toProfileRows } from './profile-rows.js';
import { PROFILING_DEFAULTS } from './profiling-options.js';

/** What a message asks for. */
export function profileQuery({ prefixes, from, to }: MessageWith<'profile'>): ProfileQuery {
  return { prefixes: prefixes === null ? null : new Set(prefixes), from: from ?? -Infinity, to: to ?? Infinity };
}

/** What the event loop of this process was doing when it was looked at. */
export async function answerLoopProfile(message: MessageWith<'profile'>): Promise<MessageWith<'profile-reply'>> {
  const profiler = LoopProfiler.ofProcess();
  const trees = await profiler.read({ ...profileQuery(message), prefixes: null });
  const { problem } = profiler;
  const { intervalMs } = PROFILING_DEFAULTS;
  return { op: 'profile-reply', servers: [{ server: '', intervalMs, rows: toProfileRows(trees), problem }] };
}
