import type { Action, WorldPlan } from './world-plan.js';

/** Tells whether a world still fails as the one did that is made smaller. */
export type StillFails = (plan: WorldPlan) => Promise<boolean>;

/**
 * Makes a failing world smaller: takes out faults, actions, workers and labels for as long as it goes on to fail. What else
 * is drawn stays as it was, since each part is drawn from a source of its own; what refers to something that is not
 * there any more is left out when it is to happen.
 *
 * @param runsMax - worlds to run, at most
 */
export async function shrinkPlan(plan: WorldPlan, stillFails: StillFails, runsMax = 500): Promise<WorldPlan> {
  let best = plan;
  let left = runsMax;
  const attempt = async (smaller: WorldPlan): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    if (!(await stillFails(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let before = -1; before !== sizeOf(best) && left > 0;) {
    before = sizeOf(best);
    await shrinkList(best.faults, (faults) => attempt({ ...best, faults }));
    await shrinkList(best.actions, (actions) => attempt({ ...best, actions }));
    // A task that nobody may run waits for ever, and rightly so.
    await shrinkList(best.workers, async (workers) => isEnough(best, workers) && attempt({ ...best, workers }));
    for (let index = 0; index < best.actions.length; index += 1) await shrinkLabels(best, index, attempt);
  }
  return best;
}

async function shrinkLabels(
  plan: WorldPlan,
  index: number,
  attempt: (smaller: WorldPlan) => Promise<boolean>,
): Promise<void> {
  const action = plan.actions[index] as Action;
  if (!('labels' in action)) return;
  await shrinkList(action.labels, (labels) => {
    const smaller: Action = { ...action, labels };
    return attempt({ ...plan, actions: plan.actions.with(index, smaller) });
  });
}

/** Takes out halves, then quarters, and in the end single ones. */
async function shrinkList<T>(list: readonly T[], attempt: (shorter: readonly T[]) => Promise<boolean>): Promise<void> {
  let current = list;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < current.length;) {
      const shorter = [...current.slice(0, start), ...current.slice(start + size)];
      // Without any worker nothing comes about, which says nothing about the failure.
      if (shorter.length > 0 || isEvent(current[0])) {
        if (await attempt(shorter)) {
          current = shorter;
          continue;
        }
      }
      start += size;
    }
  }
}

function isEnough({ specs }: WorldPlan, workers: WorldPlan['workers']): boolean {
  const names = new Set(workers.map(({ name }) => name));
  const hasGpu = workers.some(({ resources }) => (resources['GPU'] ?? 0) > 0);
  return specs.every(
    ({ options }) =>
      (options.workers ?? []).every((name) => names.has(name)) && (options.resources === undefined || hasGpu),
  );
}

function isEvent(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'kind' in item;
}

/** How much there is of a world: less is better. */
export function sizeOf({ faults, actions, workers }: WorldPlan): number {
  let labels = 0;
  for (const action of actions) if ('labels' in action) labels += action.labels.length;
  return faults.length + actions.length + workers.length + labels;
}

/** What is left of a world, for people: tasks that nothing names are left out. */
export function describePlan(plan: WorldPlan): string {
  const named = new Set(plan.actions.flatMap((action) => ('labels' in action ? action.labels : [])));
  for (const spec of [...plan.specs].reverse())
    if (named.has(spec.label)) for (const need of spec.needs) named.add(need);
  const rows = [
    `workers ${plan.workers.map(({ name, threads, joinAt }) => `${name}(${String(threads)} at ${joinAt.toFixed(1)})`).join(' ')}`,
    ...plan.specs.filter(({ label }) => named.has(label)).map((spec) => `task ${JSON.stringify(spec)}`),
    ...plan.actions.map((action) => `${action.at.toFixed(3)} ${JSON.stringify(action)}`),
    ...plan.faults.map((fault) => `${fault.at.toFixed(3)} ${JSON.stringify(fault)}`),
    `quiet at ${plan.quietAt.toFixed(1)}`,
  ];
  return rows.join('\n');
}
