import type { MessageWith } from '@grid/protocol';

import type { ProcessExit, WorkerExit } from '../core/worker-exit.js';
import { NannyError } from '../errors.js';

/** Lines of output that are passed on, and how long each may be. */
const LINES_MAX = 20;
const LINE_LENGTH_MAX = 500;

/** What the scheduler is told of the end of a process. */
export function exitReport(
  pid: number,
  { cause, code, signal, memory }: WorkerExit,
  { memoryLimit, log }: { readonly memoryLimit: number; readonly log: readonly string[] },
): MessageWith<'worker-exited'> {
  return { op: 'worker-exited', pid, cause, code, signal: signal ?? '', memory, memoryLimit, log: lastOf(log) };
}

/** Why a worker that was to start is not there. */
export function startFailure(
  name: string,
  { code, signal }: ProcessExit,
  { log, cause }: { readonly log: readonly string[]; readonly cause: Error | undefined },
): NannyError {
  const output = lastOf(log);
  const printed = output.length === 0 ? '' : `; its last output was:\n${output.join('\n')}`;
  const how = signal ?? `code ${String(code)}`;
  return new NannyError('GRID_NANNY_START_FAILED', `worker ${name} ended before it was ready (${how})${printed}`, {
    details: { name, code, signal, output },
    cause,
  });
}

function lastOf(log: readonly string[]): string[] {
  return log.slice(-LINES_MAX).map((line) => line.slice(0, LINE_LENGTH_MAX));
}
