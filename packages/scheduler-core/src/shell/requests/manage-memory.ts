import type { MessageWith } from '@grid/protocol';

import type { MemoryManager } from '../memory-manager.js';

/** Starts or stops what looks after copies of results, or has it look once; and says whether it looks by itself. */
export function manageMemory(
  manager: MemoryManager,
  { action }: MessageWith<'memory-manager'>,
): MessageWith<'memory-manager-reply'> {
  if (action === 'start') manager.start();
  if (action === 'stop') manager.stop();
  if (action === 'run-once') manager.runOnce();
  return { op: 'memory-manager-reply', isRunning: manager.isRunning };
}
