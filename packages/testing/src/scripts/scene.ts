import { Random } from '../host/random.js';
import { drawSettings } from '../plan/draw-settings.js';
import type { Action, Fault, WorkerPlan, WorldPlan, WorldSettings } from '../plan/world-plan.js';
import type { TaskSpec } from '../workload/task-spec.js';

/** What a script says of a world. All else is usual, or drawn. */
export interface Scene {
  readonly workers: readonly (Partial<WorkerPlan> | undefined)[];
  readonly tasks: readonly Partial<TaskSpec>[];
  readonly actions: readonly (Action | readonly Action[])[];
  readonly faults?: readonly Fault[];
  readonly settings?: Partial<WorldSettings>;
  readonly clientCount?: number;
  readonly coreFailsAfter?: number;
}

const FIRST_PORT = 5000;
/** What happens last in a script has so long to show what comes of it, in milliseconds. */
const AFTERMATH_MS = 300;

/** Makes the plan of a script: what it says, with lines, extremes and orders that are drawn from the seed. */
export function planOf(
  seed: number,
  { workers, tasks, actions, faults = [], settings, clientCount = 1, coreFailsAfter }: Scene,
): WorldPlan {
  const drawn = drawSettings(new Random(seed).fork('settings'));
  const all = actions.flat().sort((a, b) => a.at - b.at);
  const lastAt = Math.max(0, ...all.map(({ at }) => at), ...faults.map(({ at }) => at));
  return {
    seed,
    settings: { ...drawn, restartMs: 20, ...settings },
    workers: workers.map((worker, index) => ({
      name: `w${String(index)}`,
      address: `tcp://127.0.0.1:${String(FIRST_PORT + index)}`,
      threads: 1,
      resources: {},
      joinAt: 0,
      ...worker,
    })),
    clientCount,
    ...(coreFailsAfter !== undefined && { coreFailsAfter }),
    specs: tasks.map((task, label) => ({
      label,
      key: `${task.isData === true ? 'data' : 'load'}-p0-${String(label)}`,
      needs: [],
      ms: 5,
      bytes: 0,
      way: 'compute',
      throws: 0,
      reschedules: 0,
      isData: false,
      options: {},
      ...task,
    })),
    actions: all,
    faults: [...faults].sort((a, b) => a.at - b.at),
    quietAt: lastAt + AFTERMATH_MS,
  };
}

/** The numbers from `first` on. */
export function labelsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
