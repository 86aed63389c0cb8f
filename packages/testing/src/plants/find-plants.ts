import { drawPlan } from '../plan/draw-plan.js';
import { runWorld } from '../world/world.js';
import { allPlants, type Plant } from './plants.js';

/** What became of one bug that was planted. */
export interface PlantResult {
  readonly name: string;
  /** Worlds that were run. */
  readonly worlds: number;
  /** The seed that found it, and what it said; `null`: none did. */
  readonly found: { readonly seed: number; readonly text: string } | null;
  /** Whether it ever changed anything. */
  readonly hasActed: boolean;
}

/** Plants one bug after the other, and looks for each in so many worlds. */
export async function* findPlants(worldsMax: number, names: RegExp): AsyncGenerator<PlantResult> {
  for (const plant of allPlants()) if (names.test(plant.name)) yield await find(plant, worldsMax);
}

async function find(plant: Plant, worldsMax: number): Promise<PlantResult> {
  const takeOut = plant.plant();
  let found: PlantResult['found'] = null;
  let seed = 0;
  while (found === null && seed < worldsMax) {
    seed += 1;
    const { failure } = await runWorld(drawPlan(seed), { traceLines: 0 });
    if (failure !== null) found = { seed, text: failure.message };
  }
  const { hasActed } = takeOut();
  return { name: plant.name, worlds: seed, found, hasActed };
}
