import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds before another attempt, about: workers that are in each other's way are not to try in step. */
const RETRY_MS = 500;

/**
 * Retires a worker, again and again until it may leave: others that could take its results may be leaving as well, and those
 * that take their place have yet to come.
 *
 * @param retire - One attempt, of so many milliseconds at most; whether the worker may leave.
 * @param signal - Ends the attempts: the worker closes anyway.
 */
export async function retirePatiently(
  retire: (timeoutMs: number) => Promise<boolean>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  while (!signal.aborted && performance.now() < endsAt) {
    if (await retire(endsAt - performance.now())) return;
    // Whoever waits for the worker to close is told by that.
    await pause(RETRY_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
  }
}
