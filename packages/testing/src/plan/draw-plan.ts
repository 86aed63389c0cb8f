import { Random } from '../host/random.js';
import type { TaskSpec } from '../workload/task-spec.js';
import { drawActions } from './draw-actions.js';
import { drawCare } from './draw-care.js';
import { drawCopies } from './draw-copies.js';
import { drawFaults } from './draw-faults.js';
import { drawGraph } from './draw-graph.js';
import { drawLastRetries } from './draw-last-retries.js';
import { drawSettings } from './draw-settings.js';
import { drawSpans } from './draw-spans.js';
import { drawWorkers } from './draw-workers.js';
import type { WorldPlan } from './world-plan.js';

/** What a range of seeds is drawn with. */
export interface PlanSize {
  /** Tasks of a world, about. */
  readonly tasks: number;
}

/** Most worlds are small: a small one is read easily when it fails, and a hundred of them see more than one that is large. */
const TASKS_MIN = 4;
const TASKS_MAX = 90;

/** Draws a world. Each takes part in some kinds of faults only, at its own rates, or the rare ones would never matter. */
export function drawPlan(seed: number, size: Partial<PlanSize> = {}): WorldPlan {
  const random = new Random(seed);
  const settings = drawSettings(random.fork('settings'));
  const workers = drawWorkers(random.fork('workers'));
  const graph = random.fork('graph');
  const count = size.tasks ?? Math.round(graph.spread(TASKS_MIN, TASKS_MAX));
  const specs: readonly TaskSpec[] = drawGraph(graph, {
    count,
    workers,
    hasDisks: settings.spillBytes !== null,
  });
  const clientCount = random.fork('clients').pick([1, 1, 2, 2, 3]);
  const programs = drawSpans(random.fork('spans'), drawActions(random.fork('actions'), { specs, clientCount }));
  const lastAt = Math.max(0, ...programs.map(({ at }) => at));
  const care = drawCare(random.fork('care'), { specs, clientCount, lastAt });
  const spanMs = lastAt + random.fork('span').spread(50, 3000);
  const copies = drawCopies(random.fork('copies'), { specs, clientCount, spanMs });
  const retries = drawLastRetries(random.fork('retries'), { clientCount, spanMs });
  const actions = [...programs, ...care, ...copies, ...retries].sort((a, b) => a.at - b.at);
  const faults = drawFaults(random.fork('faults'), { workers, clientCount, spanMs });
  return { seed, settings, workers, clientCount, specs, actions, faults, quietAt: spanMs };
}
