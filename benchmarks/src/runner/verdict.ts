import type { Target, Workload } from '../workload.js';
import { median } from './median.js';
import type { Side } from './measurement.js';

/** How many times better Grid is; 2 is twice as fast, or half the memory. */
export function timesBetter(workload: Workload, grid: Side, peer: Side): number {
  const [mine, theirs] = [median(grid.samples), median(peer.samples)];
  return workload.moreIsBetter ? mine / theirs : theirs / mine;
}

/** Whether the target is met; `undefined` where there is none, or where figures are missing. */
export function isMet(
  target: Target | undefined,
  figures: { readonly grid: number; readonly ratio: number },
): boolean | undefined {
  if (target === undefined) return undefined;
  const figure = target.kind === 'times-better' ? figures.ratio : figures.grid;
  if (Number.isNaN(figure)) return undefined;
  switch (target.kind) {
    case 'at-most':
      return figure <= target.figure;
    case 'at-least':
      return figure >= target.figure;
    case 'times-better':
      return figure >= target.factor;
  }
}
