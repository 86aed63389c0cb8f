import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../packages/testing/dist/main.js', import.meta.url));
const OUTPUT_MAX = 64 * 2 ** 20;

/** What a run of the simulation printed, and whether every promise was kept. */
export interface SimulationRun {
  readonly isGreen: boolean;
  readonly output: string;
}

/** Runs seeds in a process of their own: there time is simulated for everything. */
export function simulate(...args: readonly string[]): Promise<SimulationRun> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { maxBuffer: OUTPUT_MAX }, (error, stdout, stderr) => {
      resolve({ isGreen: error === null, output: `${stdout}${stderr}` });
    });
  });
}

/** The lines that speak of seeds: each has the seed and the hash of all that happened. */
export function seedLines({ output }: SimulationRun): string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('seed '))
    .map((line) => line.split(' ').slice(0, 4).join(' '));
}

/** What happened in which state, as `scheduler retry-keys erred`, of a run with `--coverage`. */
export function cellsOf({ output }: SimulationRun): string[] {
  const counts: unknown = JSON.parse(/^cells (.*)$/m.exec(output)?.[1] ?? '{}');
  return Object.keys(counts as Record<string, number>);
}
