import { OrderChooser } from './order-chooser.js';

/** What there was to explore. */
export interface Exploration {
  /** Worlds that were run. */
  readonly worlds: number;
  /** States in which more than one thing could happen next. */
  readonly states: number;
  /** Whether there was no order left. */
  readonly isComplete: boolean;
}

/**
 * Runs worlds that begin alike in all orders in which things can happen in them: a depth-first search that turns back where
 * it has been. A state cannot be gone back to, so a world is run anew for each way that leads on from one.
 *
 * @param run - runs one world; `choices` are what was decided so far, and grow while it runs
 * @param worldsMax - worlds to run, at most
 */
export async function exploreOrders(
  run: (chooser: OrderChooser, choices: readonly number[]) => Promise<void>,
  worldsMax: number,
): Promise<Exploration> {
  const visited = new Set<string>();
  const open: (readonly number[])[] = [[]];
  let worlds = 0;
  while (open.length > 0 && worlds < worldsMax) {
    const prefix = open.pop() as readonly number[];
    const choices: number[] = [];
    const decide = (state: string, count: number): number | null => {
      const given = prefix[choices.length];
      if (given === undefined) {
        if (visited.has(state)) return null;
        visited.add(state);
        for (let other = 1; other < count; other += 1) open.push([...choices, other]);
      }
      choices.push(given ?? 0);
      return given ?? 0;
    };
    await run(new OrderChooser(decide), choices);
    worlds += 1;
  }
  return { worlds, states: visited.size, isComplete: open.length === 0 };
}
