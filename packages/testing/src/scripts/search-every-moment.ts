import { runWorld } from '../world/world.js';
import { DISTURBANCES, smallWorld, SMALL_WORLD_MS, type Disturbance } from './every-moment.js';

/** What a search came to. */
export interface SearchResult {
  /** Worlds that were run. */
  readonly worlds: number;
  /** What had to happen, when, and what was broken by it. */
  readonly failures: readonly { readonly what: string; readonly text: string }[];
}

type Step = readonly [what: Disturbance, at: number];

/**
 * Runs the small world with each disturbance in each gap between two things that happen in it, and, for pairs, with each second
 * one in each gap of the world that the first one leads to. A gap is a place where nothing else happens between: so no other
 * moment differs from those that are tried.
 *
 * @param depth - 1 or 2 disturbances
 */
export async function searchEveryMoment(seed: number, depth: 1 | 2): Promise<SearchResult> {
  const failures: { what: string; text: string }[] = [];
  let worlds = 0;
  const visit = async (steps: readonly Step[]): Promise<void> => {
    const moments: number[] = [];
    const { failure } = await runWorld(smallWorld(seed, steps), { traceLines: 0, onMoment: (at) => moments.push(at) });
    worlds += 1;
    if (failure !== null) {
      failures.push({ what: JSON.stringify(steps), text: failure.message });
      return;
    }
    if (steps.length === depth) return;
    const after = steps.at(-1)?.[1] ?? SMALL_WORLD_MS.from;
    for (const at of gapsOf(moments, after, after + SMALL_WORLD_MS.to - SMALL_WORLD_MS.from)) {
      for (const what of DISTURBANCES) await visit([...steps, [what, at]]);
    }
  };
  await visit([]);
  return { worlds, failures };
}

/** The middle between each two moments. */
function gapsOf(moments: readonly number[], from: number, to: number): number[] {
  const inside = [...new Set(moments)].filter((at) => at >= from && at <= to);
  return inside.slice(1).map((at, index) => ((inside[index] as number) + at) / 2);
}
