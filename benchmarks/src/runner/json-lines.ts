import type { Measurement } from './measurement.js';
import { median } from './median.js';
import { timesBetter } from './verdict.js';

/** The figures of a run for programs: an object for each side of each workload, with all samples. */
export function jsonLines({ workload, grid, peers }: Measurement, facts: Readonly<Record<string, unknown>>): string {
  const common = { workload: workload.name, unit: workload.unit, moreIsBetter: workload.moreIsBetter };
  const rows = [
    { ...common, side: 'Grid', median: median(grid.samples), ...grid, ...facts },
    ...peers.map(({ peer, side }) => ({
      ...common,
      side: peer.label,
      median: median(side.samples),
      ...side,
      timesBetter: timesBetter(workload, grid, side),
      target: peer.target,
      note: peer.note,
      ...facts,
    })),
  ];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
