import type { Random } from '../host/random.js';
import type { TaskSpec } from '../workload/task-spec.js';
import type { Action } from './world-plan.js';

interface Scene {
  readonly specs: readonly TaskSpec[];
  readonly clientCount: number;
  /** The last moment at which a program does something by itself, in milliseconds. */
  readonly lastAt: number;
}

const KINDS = ['replicate', 'rebalance', 'forget', 'retire', 'restart', 'manage-memory', 'set-resources'] as const;

/** Most worlds are left alone: what happens there happens by itself. */
const CARING = 0.35;
/** The rest know some kinds of care only. */
const KNOWN = 0.4;
const FIRST_AT = 160;

/** Draws what programs do about their cluster: copies of results, workers that are to leave, a fresh start for all. */
export function drawCare(random: Random, { specs, clientCount, lastAt }: Scene): readonly Action[] {
  if (!random.chance(CARING)) return [];
  const kinds = KINDS.filter(() => random.chance(KNOWN));
  if (kinds.length === 0) return [];
  return Array.from({ length: random.int(1, 5) }, (): Action => {
    const at = random.between(FIRST_AT, Math.max(2 * FIRST_AT, lastAt + 200));
    const client = random.int(0, clientCount - 1);
    const kind = random.pick(kinds);
    switch (kind) {
      case 'retire':
        return { kind, at, client, count: random.pick([1, 1, 2]) };
      case 'restart':
        return { kind, at, client };
      case 'set-resources':
        // Never less than there was: what needs it has to be able to run in the end.
        return { kind, at, client, GPU: random.int(2, 4) };
      case 'manage-memory':
        return { kind, at, client, isOn: random.chance(0.5) };
      default: {
        const labels = Array.from({ length: random.pick([1, 3, 10]) }, () => random.pick(specs).label);
        return { kind, at, client, labels: [...new Set(labels)] };
      }
    }
  });
}
