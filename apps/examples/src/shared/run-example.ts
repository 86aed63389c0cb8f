import { messageOf } from '@grid/common';

/** Ends the process in an orderly way: what went wrong in one line for people, and an exit code for programs. */
export async function runExample(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    if (process.env['GRID_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
