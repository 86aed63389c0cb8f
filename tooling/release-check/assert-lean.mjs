import { readFileSync, statSync } from 'node:fs';
import { globFilesEverywhere } from '../scripts/glob-files.mjs';

const installScripts = ['preinstall', 'install', 'postinstall'];

/**
 * Adds up what an installed folder holds.
 *
 * @returns {number} bytes in `node_modules`
 * @throws if that is more than the budget, or if anything in it is native or asks to run on installation
 */
export function assertLean(folder, budget) {
  const files = globFilesEverywhere(`${folder}/node_modules`, () => true);
  const native = files.filter((file) => /\.(node|so|dylib|dll)$/.test(file) || file.endsWith('binding.gyp'));
  if (native.length > 0) throw new TypeError(`native code: ${native.join(', ')}`);

  const eager = files.filter((file) => file.endsWith('/package.json') && asksToRun(file));
  if (eager.length > 0) throw new TypeError(`install scripts: ${eager.join(', ')}`);

  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > budget) throw new TypeError(`${bytes} bytes installed, ${bytes - budget} above the budget`);
  return bytes;
}

function asksToRun(file) {
  const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return installScripts.some((name) => name in scripts);
}
