import { TRANSITION_TABLE, type Transition } from '@grid/scheduler-core/simulation';

/** What a core that was made to throw says. */
export const CORE_BROKE = 'the core was made to throw in the middle of a step';

/**
 * Has the scheduler's core throw in the middle of a step: what the step changes has been changed, and what it has others do
 * has not been said.
 *
 * @param steps - that are taken before
 * @returns what puts it right again
 */
export function breakCoreAfter(steps: number): () => void {
  const table = TRANSITION_TABLE as (Transition | undefined)[];
  const before = [...table];
  let left = steps;
  for (const [index, step] of before.entries()) {
    if (step === undefined) continue;
    table[index] = (state, task, out) => {
      left -= 1;
      if (left >= 0) return step(state, task, out);
      step(state, task, mutedOf(out));
      throw new TypeError(CORE_BROKE);
    };
  }
  return () => {
    for (const [index, step] of before.entries()) table[index] = step;
  };
}

function mutedOf<Output extends object>(out: Output): Output {
  return new Proxy(out, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? () => undefined : value;
    },
  });
}
