import type { Target, Workload } from '../workload.js';
import { median } from './median.js';
import type { Measurement, Side } from './measurement.js';
import { isMet, timesBetter } from './verdict.js';

const HEADING = ['workload', 'Grid', 'peer', 'its figure', 'Grid is better by', 'target', 'met', 'notes'];

/** The figures of a run for people: a row for each comparison. */
export function markdownTable(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap(rowsOf);
  return [HEADING, HEADING.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function rowsOf({ workload, grid, peers }: Measurement): string[][] {
  const own = figure(grid, workload);
  if (peers.length === 0) {
    const met = isMet(workload.target, { grid: median(grid.samples), ratio: Number.NaN });
    return [[workload.name, own, '', '', '', targetText(workload.target, workload), metText(met), grid.failure ?? '']];
  }
  return peers.map(({ peer, side }) => {
    const ratio = timesBetter(workload, grid, side);
    const met = isMet(peer.target, { grid: median(grid.samples), ratio });
    const notes = [peer.note, side.failure, grid.failure].filter((note) => note !== undefined).join('; ');
    return [
      workload.name,
      own,
      peer.label,
      figure(side, workload),
      Number.isNaN(ratio) ? '' : `${readable(ratio)} ×`,
      targetText(peer.target, workload),
      metText(met),
      notes,
    ];
  });
}

function figure({ samples }: Side, { unit }: Workload): string {
  return samples.length === 0 ? '' : `${readable(median(samples))} ${unit} (${samples.length})`;
}

function targetText(target: Target | undefined, { unit }: Workload): string {
  if (target === undefined) return '';
  switch (target.kind) {
    case 'at-most':
      return `≤ ${target.figure.toLocaleString('en-US')} ${unit}`;
    case 'at-least':
      return `≥ ${target.figure.toLocaleString('en-US')} ${unit}`;
    case 'times-better':
      return `≥ ${target.factor} ×`;
  }
}

function metText(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'yes' : 'no';
}

/** Three digits that count, thousands set apart. */
function readable(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
