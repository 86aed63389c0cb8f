import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { allWorkloads } from './all-workloads.js';
import { readOptions, USAGE } from './bench-options.js';
import type { BenchOptions } from './bench-options.js';
import { findPython } from './dask/python.js';
import type { Python } from './dask/python.js';
import { jsonLines } from './runner/json-lines.js';
import { markdownTable } from './runner/markdown-table.js';
import type { Measurement } from './runner/measurement.js';
import { runWorkload } from './runner/run-workload.js';
import type { Workload } from './workload.js';

const NO_PYTHON: Python = { interpreter: 'python3', distributed: 'absent' };

const options = readOptions(process.argv.slice(2));
if (options.help) {
  process.stdout.write(USAGE);
} else {
  const python = options.gridOnly ? undefined : await findPython();
  const workloads = chosen(allWorkloads(python ?? NO_PYTHON), options, python !== undefined);
  if (options.list) process.stdout.write(workloads.map(({ name }) => `${name}\n`).join(''));
  else await runAll(workloads, python);
}

function chosen(all: readonly Workload[], { patterns, samples }: BenchOptions, withPeers: boolean): Workload[] {
  return all
    .filter(({ name }) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)))
    .map((workload) => ({
      ...workload,
      samples: samples ?? workload.samples,
      peers: withPeers ? workload.peers : [],
    }));
}

async function runAll(workloads: readonly Workload[], python: Python | undefined): Promise<void> {
  const facts = {
    node: process.version,
    distributed: python?.distributed ?? null,
    cores: availableParallelism(),
    at: new Date().toISOString(),
  };
  const peer = python === undefined ? withoutDask() : `Dask: distributed ${python.distributed}`;
  process.stderr.write(`Node ${process.version}, ${facts.cores} cores. ${peer}.\n`);
  await mkdir(options.out, { recursive: true });
  const measurements: Measurement[] = [];
  for (const workload of workloads) {
    process.stderr.write(`${workload.name} (${workload.unit})\n`);
    const measurement = await runWorkload(workload, (line) => process.stderr.write(`${line}\n`));
    measurements.push(measurement);
    // At once, so that an interrupted run keeps what it has.
    await appendFile(join(options.out, 'results.jsonl'), jsonLines(measurement, facts));
  }
  const table = `${markdownTable(measurements)}\n\nNode ${process.version}, ${facts.cores} cores. ${peer}. Medians; the number of samples in brackets.\n`;
  await writeFile(join(options.out, 'table.md'), table);
  process.stdout.write(table);
}

function withoutDask(): string {
  return options.gridOnly ? 'Grid alone, as told' : 'Grid alone: no Python with distributed and numpy here';
}
