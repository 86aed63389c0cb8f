import type { Random } from '../host/random.js';
import type { TaskSpec } from '../workload/task-spec.js';
import type { Action } from './world-plan.js';

interface Scene {
  readonly specs: readonly TaskSpec[];
  readonly clientCount: number;
  readonly spanMs: number;
}

/** In so many worlds programs see to it that there are several copies of what they have. */
const CAREFUL = 0.3;

/** Draws who wants how many copies of what: mostly when it is there, sometimes before, and sometimes no more than one any more. */
export function drawCopies(random: Random, { specs, clientCount, spanMs }: Scene): readonly Action[] {
  if (!random.chance(CAREFUL)) return [];
  return Array.from({ length: random.int(1, 6) }, () => {
    const labels = Array.from({ length: random.pick([3, 10, specs.length]) }, () => random.pick(specs).label);
    return {
      kind: 'replicate',
      at: random.between(160, Math.max(400, spanMs)),
      client: random.int(0, clientCount - 1),
      labels: [...new Set(labels)],
      copies: random.pick([2, 2, 3, 1]),
    };
  });
}
