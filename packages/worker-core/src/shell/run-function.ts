import type { MessageWith } from '@grid/protocol';

import type { Executor } from '../executor/executor.js';
import { failureOf } from '../executor/failure-of.js';

/** Runs a function outside of any task. What it throws is its outcome. */
export async function runFunction(
  executor: Executor,
  { function: part, units, args }: MessageWith<'run-function'>,
  { worker, signal }: { readonly worker: string; readonly signal: AbortSignal },
): Promise<MessageWith<'run-function-reply'>> {
  try {
    const outcome = await executor.call({ part, units, args }, signal);
    return { op: 'run-function-reply', outcomes: [{ worker, ...outcome }] };
  } catch (error) {
    return { op: 'run-function-reply', outcomes: [{ worker, value: null, failure: failureOf(error) }] };
  }
}
