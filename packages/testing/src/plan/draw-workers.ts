import type { Random } from '../host/random.js';
import type { WorkerPlan } from './world-plan.js';

const WORKERS_MAX = 5;
/** In some worlds programs are there before any worker. */
const LATE = 0.12;
const FIRST_PORT = 5000;

/** Draws the workers that there are from the start, and some that join later. */
export function drawWorkers(random: Random): readonly WorkerPlan[] {
  const count = random.int(1, WORKERS_MAX);
  const hasResources = random.chance(0.4);
  const late = random.fork('late');
  const lateMs = late.chance(LATE) ? late.between(200, 1500) : 0;
  return Array.from({ length: count }, (_, index) => ({
    name: `w${String(index)}`,
    address: `tcp://127.0.0.1:${String(FIRST_PORT + index)}`,
    threads: random.pick([1, 1, 2, 2, 4]),
    resources: hasResources ? { GPU: random.pick([0, 1, 1, 2]) } : {},
    joinAt: lateMs + (index === 0 || random.chance(0.7) ? random.between(0, 20) : random.spread(20, 2000)),
  }));
}
