import { runWorld } from '../world/world.js';
import { smallWorld, SMALL_WORLD_MS, type Disturbance } from './every-moment.js';
import { exploreOrders, type Exploration } from './explore-orders.js';
import type { SearchResult } from './search-every-moment.js';

/**
 * Runs the small world in all orders in which things can happen in it, from the submission until nothing happens any more.
 *
 * @param what - something that happens besides, at any moment; `null`: nothing
 * @param worldsMax - worlds to run, at most
 */
export async function searchOrders(
  seed: number,
  what: Disturbance | null,
  worldsMax: number,
): Promise<SearchResult & Exploration> {
  const failures: { what: string; text: string }[] = [];
  const plan = smallWorld(seed, what === null ? [] : [[what, SMALL_WORLD_MS.from]]);
  const explored = await exploreOrders(async (chooser, choices) => {
    const { failure } = await runWorld(plan, { traceLines: 0, orders: { from: SMALL_WORLD_MS.from - 1, chooser } });
    if (failure === null) return;
    failures.push({ what: `${what ?? 'nothing'} in order ${choices.join()}`, text: failure.message });
  }, worldsMax);
  return { ...explored, failures };
}
