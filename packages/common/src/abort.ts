import { CommonError } from './errors.js';

/** A signal that fires after `ms` with `GRID_COMMON_TIMEOUT`, or when `parent` does. Dispose it to drop its timer. */
export interface DeadlineSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Bounds an operation in time.
 *
 * @param ms - Milliseconds until the signal fires; `Infinity` for never.
 * @param what - What is waited for; it stands in the error's message.
 * @param parent - Fires the signal early, with its own reason.
 */
export function deadlineSignal(ms: number, what: string, parent?: AbortSignal): DeadlineSignal {
  const controller = new AbortController();
  const onParent = (): void => controller.abort(parent?.reason);
  const timer =
    ms === Infinity
      ? undefined
      : setTimeout(() => {
          controller.abort(
            new CommonError('GRID_COMMON_TIMEOUT', `${what} took longer than ${String(ms)} ms`, {
              details: { what, ms },
            }),
          );
        }, ms);
  if (parent?.aborted === true) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent?.removeEventListener('abort', onParent);
    },
  };
}

/** Settles as `promise` does, unless `signal` fires first: then it rejects with the signal's reason. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
