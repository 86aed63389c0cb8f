import { STATE, type SchedulerState, type Stimulus } from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { Random } from '../host/random.js';

/** What says how something is, not that something more is to be done: to hear it twice is to hear it once. */
const IDEMPOTENT: ReadonlySet<Stimulus['op']> = new Set<Stimulus['op']>([
  'add-keys',
  'cancel-keys',
  'client-releases-keys',
  'fire-and-forget',
  'heartbeat',
  'long-running',
  'missing-data',
  'release-worker-data',
  'remove-client',
  'remove-worker',
  'reschedule-task',
  'retry-keys',
  'steal-response',
  'task-erred',
  'tasks-finished',
  'worker-status',
]);

/** S18: what a scheduler is told twice changes nothing the second time. */
export class Repeats {
  readonly #random: Random;
  readonly #probability: number;
  #steps = 0;

  /** @param probability - with which something is said once more at once */
  constructor(random: Random, probability: number) {
    this.#random = random;
    this.#probability = probability;
  }

  /** Whether this is to be said again. */
  isDue({ stepCounts }: SchedulerState, stimulus: Stimulus): boolean {
    if (this.#probability === 0 || !IDEMPOTENT.has(stimulus.op) || !this.#random.chance(this.#probability))
      return false;
    if (hasFailedAtOnce(stimulus)) return false;
    this.#steps = sumOf(stepCounts);
    return true;
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` S18 */
  check({ stepCounts }: SchedulerState, { op }: Stimulus): void {
    const steps = sumOf(stepCounts) - this.#steps;
    if (steps > 0) throw broken('S18', `${op} led to ${String(steps)} steps when it was said again`);
  }
}

/** What is tried again, and fails for another reason before anything ran, is tried again once more. */
function hasFailedAtOnce(stimulus: Stimulus): boolean {
  if (stimulus.op !== 'retry-keys') return false;
  const { client, ids } = stimulus;
  return Array.from(ids).some((id) => client.tasks.get(id)?.state === STATE.erred);
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
