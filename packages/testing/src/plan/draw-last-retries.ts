import type { Random } from '../host/random.js';
import type { Action } from './world-plan.js';

/** Some programs look at the end at what has failed, and have all of it tried again: once, or until it is quiet. */
export function drawLastRetries(
  random: Random,
  { clientCount, spanMs }: { readonly clientCount: number; readonly spanMs: number },
): readonly Action[] {
  if (!random.chance(0.4)) return [];
  return Array.from({ length: random.int(1, 4) }, () => ({
    kind: 'retry-failed',
    at: spanMs * random.between(0.5, 0.999),
    client: random.int(0, clientCount - 1),
  }));
}
