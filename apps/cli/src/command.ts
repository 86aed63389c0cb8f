import { isGridError, messageOf } from '@grid/common';
import { exitCodeOf, failUsage, readVersion } from '@grid/app-kit';
import { createToken } from '@grid/rpc';
import { main as runScheduler } from '@grid/scheduler';
import { main as runWorker } from '@grid/worker';
import yargs, { type Argv } from 'yargs';

import { printInfo } from './print-info.js';

/** Commands with a parser of their own: what follows their name is passed on as it is. */
const SERVERS: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = {
  scheduler: runScheduler,
  worker: runWorker,
};

/** Runs the `grid` command. */
export async function main(argv: readonly string[]): Promise<void> {
  const [node = '', program = '', name = '', ...rest] = argv;
  const server = Object.hasOwn(SERVERS, name) ? SERVERS[name] : undefined;
  if (server !== undefined) {
    await server([node, `${program} ${name}`, ...rest]);
    return;
  }
  try {
    await parse(argv.slice(2));
  } catch (error) {
    if (!isGridError(error)) throw error;
    process.stderr.write(`${error.code}  ${messageOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function parse(argv: readonly string[]): Promise<void> {
  await yargs([...argv])
    .scriptName('grid')
    .usage('$0 <command>\n\nRuns and inspects Grid clusters.')
    .command('scheduler', 'Run a scheduler; see grid scheduler --help.')
    .command('worker [scheduler]', 'Run a worker; see grid worker --help.')
    .command(
      'info [scheduler]',
      'Print the scheduler and the workers of a running cluster.',
      (command: Argv) =>
        command
          .positional('scheduler', { type: 'string', describe: 'Address; default: GRID_SCHEDULER_ADDRESS.' })
          .option('json', { type: 'boolean', default: false, describe: 'As JSON.' }),
      printInfo,
    )
    .command('token', 'Make a token for a new cluster.', {}, () => {
      process.stdout.write(`${createToken()}\n`);
    })
    .demandCommand(1, 'Which command?')
    .strict()
    .version(readVersion(new URL('../package.json', import.meta.url)))
    .fail(failUsage('grid'))
    .parseAsync();
}
