import { FunctionEncoder, type CaptureReport } from '@grid/protocol';

import { isFuture } from '../future.js';

/**
 * Says what a function or value would take along to a worker, and how: a tree of names, kinds and sizes that prints
 * itself. What is sent by value, what the worker loads for itself from which package, and what is the worker's own. Never
 * values: they may be secrets. Needs no connection.
 *
 * Takes as long as sending it would. Does not throw for what cannot be sent: the tree shows where that is, and
 * `problem` says why.
 *
 * @example
 * ```ts
 * console.log(explain(score));
 * // score         function (src/score.ts:12)   812.4 KiB
 * // ├─ rates      Float64Array(100000)         781.3 KiB
 * // └─ normalise  function (src/math.ts:3)          90 B
 * ```
 */
export function explain(subject: unknown): CaptureReport {
  const encoder = new FunctionEncoder();
  try {
    return explainWith(encoder, subject);
  } finally {
    encoder.close();
  }
}

/** The same with an encoder that knows the program's scripts already. */
export function explainWith(encoder: FunctionEncoder, subject: unknown): CaptureReport {
  // A future stands for its result, which goes from worker to worker.
  return encoder.explain(subject, { referenceOf: (value) => (isFuture(value) ? 0 : undefined) });
}
