import { task } from '../functions/task.js';

/*
 * What a view runs on workers. These travel as texts with nothing around them, so each finds the names anew: they are where
 * functions of `run` and of views live, one place a worker.
 */

type Names = Record<string, unknown>;

/** Puts values under names. */
export const pushNames = task(
  (values: Names): void => {
    const place = globalThis as unknown as Record<symbol, Names | undefined>;
    const names = (place[Symbol.for('grid.view-names')] ??= {});
    Object.assign(names, values);
  },
  { captures: {}, name: 'push' },
);

/** Gives the values of names. */
export const pullNames = task(
  (wanted: readonly string[]): unknown[] => {
    const place = globalThis as unknown as Record<symbol, Names | undefined>;
    const names = place[Symbol.for('grid.view-names')] ?? {};
    return wanted.map((name) => {
      if (Object.hasOwn(names, name)) return names[name];
      throw new ReferenceError(
        `nothing was pushed as '${name}' here; there is ${Object.keys(names).join(', ') || 'nothing'}`,
      );
    });
  },
  { captures: {}, name: 'pull' },
);

/** Has a function work with the names. */
export const useNames = task(
  async (fn: (names: Names) => unknown): Promise<unknown> => {
    const place = globalThis as unknown as Record<symbol, Names | undefined>;
    return fn((place[Symbol.for('grid.view-names')] ??= {}));
  },
  { captures: {}, name: 'execute' },
);

/** Has a function run on items, one after the other. */
export const mapItems = task(
  async (fn: (item: unknown) => unknown, items: readonly unknown[]): Promise<unknown[]> => {
    const results: unknown[] = [];
    for (const item of items) results.push(await fn(item));
    return results;
  },
  { captures: {}, name: 'map' },
);
