import { failUsage, readVersion } from '@grid/app-kit';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

import { runScheduler } from './run.js';
import { schedulerOptions } from './options.js';

/** Parses the command line and runs the scheduler until it is told to stop. */
export async function main(argv: readonly string[]): Promise<void> {
  const options = await yargs(hideBin([...argv]))
    .scriptName('grid-scheduler')
    .usage('$0 [options]\n\nRuns the scheduler of a Grid cluster.')
    .options(schedulerOptions)
    .strict()
    .version(readVersion(new URL('../package.json', import.meta.url)))
    .fail(failUsage('grid-scheduler'))
    .parseAsync();
  await runScheduler(options);
}
