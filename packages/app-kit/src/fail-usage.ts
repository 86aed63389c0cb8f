import { EXIT_CODES } from './exit-codes.js';

/**
 * What a command line does about flags that make no sense: says what is wrong in one line, and exits with the code for
 * it. Made to be given to `fail` of yargs, whose own way is a page of help and the exit code of any failure.
 */
export function failUsage(program: string): (message: string, error: unknown) => never {
  return (message, error) => {
    // Whatever the command itself threw comes by here as well, and is not about flags.
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is somebody else's, and goes on as it came
    if (error !== undefined && error !== null) throw error;
    const [first = '', ...rest] = message.split('\n').map((line) => line.trim());
    process.stderr.write(`${[first, ...rest].filter((line) => line !== '').join(' ')}; see ${program} --help\n`);
    process.exit(EXIT_CODES.usage);
  };
}
