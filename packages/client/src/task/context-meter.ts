import { ClientError } from '../errors.js';
import { getTask } from './task-context.js';

/** Measures parts of a task. `Client.fineMetrics` and `Client.spans` have the sums, by function. */
export interface ContextMeter {
  /**
   * Does `work`, and counts the time it takes to the task that this code runs in. If it gives a promise, until that is
   * settled. Outside of tasks it is merely done.
   *
   * @returns What `work` gives.
   */
  meter<T>(label: string, work: () => T): T;
  /**
   * Counts an amount to the task that this code runs in; outside of tasks nothing.
   *
   * @param unit - `seconds`, `bytes`, `count`, or a word of your own
   * @throws {@link ClientError} `GRID_CLIENT_BAD_OPTION` for what is no number.
   */
  digestMetric(label: string, value: number, unit: string): void;
}

/**
 * Measures parts of a task.
 *
 * @example
 * ```ts
 * client.submit(async (url: string) => {
 *   const body = await contextMeter.meter('download', () => fetch(url).then((reply) => reply.text()));
 *   contextMeter.digestMetric('lines', body.split('\n').length, 'count');
 * }, [url]);
 * ```
 *
 * @source dask.distributed `context_meter`.
 */
export const contextMeter: ContextMeter = {
  meter(label, work) {
    const task = getTask();
    if (task?.meter === undefined) return work();
    const startedAt = performance.now();
    const tell = (): void => task.meter?.(label, (performance.now() - startedAt) / 1000, 'seconds');
    let isOver = true;
    try {
      const result = work();
      if (isPromise(result)) {
        isOver = false;
        result.then(tell, tell);
      }
      return result;
    } finally {
      if (isOver) tell();
    }
  },

  digestMetric(label, value, unit) {
    if (!Number.isFinite(value)) {
      throw new ClientError('GRID_CLIENT_BAD_OPTION', `the amount of '${label}' is ${String(value)}, not a number`, {
        details: { label },
      });
    }
    getTask()?.meter?.(label, value, unit);
  },
};

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
