import { drawPlan } from '../plan/draw-plan.js';
import { runWorld } from '../world/world.js';
import { allPlants, type Plant } from './plants.js';
import { statementDesk } from './statements/statement-desk.js';

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

/** Which bugs to look for, and how long. */
export interface PlantSearch {
  /** Worlds for each. */
  readonly worldsMax: number;
  readonly names: RegExp;
  /** Worlds for a statement that is left out, of those that come to it; `Infinity`: all of them. */
  readonly tries: number;
  /** One in so many of those. @defaultValue 1 */
  readonly every?: number;
}

/** Plants one bug after the other, and looks for each in so many worlds. */
export async function* findPlants({ worldsMax, names, tries, every = 1 }: PlantSearch): AsyncGenerator<PlantResult> {
  const seeds = Array.from({ length: worldsMax }, (_, index) => index + 1);
  const sampled = [...allPlants()].filter(({ name }) => names.test(name)).filter((_, index) => index % every === 0);
  for (const plant of sampled) yield await find(plant, seeds);
  const statements = statementDesk()
    .statements.filter(({ name }) => names.test(name))
    .filter((_, index) => index % every === 0);
  if (statements.length === 0) return;
  const reached = await findReached(seeds);
  for (const { name, number } of statements)
    yield await find(omission(name, number), (reached.get(number) ?? []).slice(0, tries));
}

async function find(plant: Plant, seeds: readonly number[]): Promise<PlantResult> {
  const takeOut = plant.plant();
  let found: PlantResult['found'] = null;
  let worlds = 0;
  for (const seed of seeds) {
    worlds += 1;
    statementDesk().beginWorld();
    const { failure } = await runWorld(drawPlan(seed), { traceLines: 0 });
    if (failure === null) continue;
    found = { seed, text: failure.message };
    break;
  }
  const { hasActed } = takeOut();
  return { name: plant.name, worlds, found, hasActed };
}

/** A statement of a core that is left out. */
function omission(name: string, number: number): Plant {
  return {
    name,
    plant: () => {
      const desk = statementDesk();
      desk.takeReached();
      desk.omit(number);
      return () => {
        desk.omit(null);
        return { hasActed: desk.takeReached().includes(number) };
      };
    },
  };
}

/** In which worlds each statement is come to: in all others nothing changes if it is left out. */
async function findReached(seeds: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>> {
  const reached = new Map<number, number[]>();
  const desk = statementDesk();
  for (const seed of seeds) {
    desk.takeReached();
    await runWorld(drawPlan(seed), { traceLines: 0 });
    for (const number of desk.takeReached()) reached.set(number, [...(reached.get(number) ?? []), seed]);
  }
  return reached;
}
