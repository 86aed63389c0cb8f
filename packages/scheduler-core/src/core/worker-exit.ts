import { formatBytes } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

/** How a worker's process ended, as its nanny saw it. */
export type WorkerExit = Omit<MessageWith<'worker-exited'>, 'op' | 'pid'>;

/** How a worker died that a task may have killed. */
export interface Death {
  /** Its address. */
  readonly worker: string;
  /** How its line ended. */
  readonly reason: string;
  /** What its nanny saw; `null` if it has none, or none that could tell. */
  readonly exit: WorkerExit | null;
}

/** Whether what the worker was running may have caused its end. */
export function isAccident({ cause }: WorkerExit): boolean {
  return cause === 'memory' || cause === 'signal' || cause === 'exit' || cause === 'start-failed';
}

/** How a worker ended, in words. */
export function describeExit({ cause, code, signal, memory, memoryLimit }: WorkerExit): string {
  const limit = memoryLimit > 0 ? ` of ${formatBytes(memoryLimit)}` : '';
  const used = memory > 0 ? `${formatBytes(memory)}${limit}` : '';
  if (cause === 'memory') return `it took ${used} of memory and was killed`;
  const how = signal === '' ? `it exited with code ${String(code)}` : `it was ended by ${signal}`;
  return used === '' ? how : `${how}, when it took ${used} of memory`;
}
