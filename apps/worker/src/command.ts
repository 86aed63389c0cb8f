import { failUsage, readVersion } from '@grid/app-kit';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

import { workerOptions } from './options.js';
import { runWorker } from './run.js';

/** Parses the command line and runs a worker until it is told to stop. */
export async function main(argv: readonly string[]): Promise<void> {
  const options = await yargs(hideBin([...argv]))
    .scriptName('grid-worker')
    .command('$0 [scheduler]', 'Runs a worker of a Grid cluster.', (command) =>
      command
        .positional('scheduler', {
          type: 'string',
          describe: 'Address of the scheduler, such as tcp://host:8786. Default: GRID_SCHEDULER_ADDRESS.',
        })
        .options(workerOptions),
    )
    .strict()
    .version(readVersion(new URL('../package.json', import.meta.url)))
    .fail(failUsage('grid-worker'))
    .parseAsync();
  // The default command's builder is what adds these; yargs does not carry its types to here.
  await runWorker(options as unknown as Parameters<typeof runWorker>[0]);
}
