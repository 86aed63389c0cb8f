import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { processCases } from '../processes/processes.js';
import { asModules, readTypeScript, writeFiles } from './files.js';

const SOURCES = fileURLToPath(new URL('../processes', import.meta.url));

/** Writes the programs that are run once on each Node. */
export async function buildProcesses(folder: string): Promise<void> {
  await writeFiles(folder, await asModules(await readTypeScript(SOURCES)));
  await cp(join(SOURCES, 'debugger.mjs'), join(folder, 'debugger.mjs'));
  for (const { file } of processCases.filter(({ isBundled }) => isBundled)) {
    await build({
      entryPoints: [join(SOURCES, `${file}.ts`)],
      outfile: join(folder, `${file}.mjs`),
      bundle: true,
      // Our own packages stay outside, as users are told.
      external: ['@grid/*'],
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    });
  }
}
