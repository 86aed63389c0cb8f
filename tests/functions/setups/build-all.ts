/* `build-all.ts <folder>` writes all programs. */
import { join } from 'node:path';
import { buildProcesses } from './build-processes.js';
import { buildProgram } from './build-program.js';
import { setups } from './setups.js';

const [, , folder = ''] = process.argv;
await Promise.all([
  ...setups.map((setup) => buildProgram(setup, join(folder, setup.id))),
  buildProcesses(join(folder, 'processes')),
]);
