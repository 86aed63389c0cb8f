import { AssertionError } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';

/** How long to look for something that ought to come soon, on a machine that does other things as well. */
const PATIENCE_MS = 15_000;

/**
 * Looks again and again until `condition` gives something true, and returns that.
 *
 * @param what - For the error: what did not come about.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = PATIENCE_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<Exclude<T, false>>;
    if (performance.now() > endsAt) {
      throw new AssertionError({ message: `not within ${String(timeoutMs)} ms: ${what}` });
    }
    await pause(10);
  }
}
