import yargs from 'yargs';

/** What every example can be told on the command line. */
export interface ExampleOptions {
  /** Address of a cluster that somebody else started; without it, the example starts one for itself. */
  readonly scheduler?: string;
  /** File that holds the token of that cluster. Without it, the environment's `GRID_TOKEN` counts. */
  readonly tokenFile?: string;
  /** Worker processes of the example's own cluster, each with one thread. */
  readonly workers: number;
}

const WORKERS = 2;

/** Reads the command line. Prints the usage and ends the process at `--help` and at flags that do not exist. */
export async function readOptions(
  args: readonly string[],
  example: { readonly name: string; readonly about: string },
): Promise<ExampleOptions> {
  const { scheduler, tokenFile, workers } = await yargs([...args])
    .scriptName(example.name)
    .usage(`$0 [options]\n\n${example.about}`)
    .option('scheduler', {
      type: 'string',
      describe: 'Use the cluster at this address, such as tcp://10.0.0.5:8786, instead of starting one',
    })
    .option('token-file', { type: 'string', describe: 'File with the token of that cluster [default: $GRID_TOKEN]' })
    .option('workers', { type: 'number', describe: 'Worker processes to start, one thread each [default: 2]' })
    // No default for the parser: it would take the default for a wish, and so for a conflict.
    .conflicts('scheduler', 'workers')
    .implies('token-file', 'scheduler')
    .check(
      ({ workers = WORKERS }) =>
        (Number.isInteger(workers) && workers >= 1) || '--workers has to be a whole number from 1 on',
    )
    .strict()
    .version(false)
    .parseAsync();
  return {
    workers: workers ?? WORKERS,
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}
