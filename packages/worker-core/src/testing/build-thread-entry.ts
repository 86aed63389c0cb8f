import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * Builds a file that threads can start with, since they cannot start with TypeScript.
 */
export async function buildThreadEntry(source: URL): Promise<URL> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const input = fileURLToPath(source);
  const output = `${root}packages/worker-core/temp/${basename(input, '.ts')}-${String(process.pid)}.mjs`;
  const options = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--conditions=@grid/source'];
  await promisify(execFile)(`${root}node_modules/.bin/esbuild`, [
    input,
    ...options,
    `--outfile=${output}`,
    '--log-level=error',
  ]);
  return pathToFileURL(output);
}
