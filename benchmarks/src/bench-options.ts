import { parseArgs } from 'node:util';

/** What to time, and how. */
export interface BenchOptions {
  /** Only workloads whose names contain one of these; all if empty. */
  readonly patterns: readonly string[];
  /** In place of each workload's own number. */
  readonly samples: number | undefined;
  /** Whether to leave Dask out though it is there. */
  readonly gridOnly: boolean;
  readonly list: boolean;
  readonly help: boolean;
  /** Folder for the JSON lines and the table. */
  readonly out: string;
}

export const USAGE = `pnpm bench [pattern …] [options]

  Times Grid, and Dask beside it where there is a Python with it.

  pattern          only workloads whose names contain it
  --samples <n>    samples a side, in place of each workload's own number
  --grid-only      leave Dask out
  --out <folder>   where results.jsonl and table.md go [default: benchmarks/temp]
  --list           names of the workloads
`;

/** Reads the command line. @throws TypeError of `node:util` for flags that do not exist. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    // pnpm hands its own separator on.
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      samples: { type: 'string' },
      'grid-only': { type: 'boolean', default: false },
      out: { type: 'string', default: 'temp' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    patterns: positionals,
    samples: values.samples === undefined ? undefined : Number(values.samples),
    gridOnly: values['grid-only'],
    list: values.list,
    help: values.help,
    out: values.out,
  };
}
