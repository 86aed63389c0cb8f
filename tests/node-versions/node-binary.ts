import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The program `node` of another major version: what `GRID_NODE_22` or `GRID_NODE_24` says, or else the one that npm has
 * for this machine.
 */
export function nodeBinary(major: 22 | 24): string {
  const named = process.env[`GRID_NODE_${major}`];
  if (named !== undefined) return named;
  try {
    const manifest = require.resolve(`node-${major}-${process.platform}-${process.arch}/package.json`);
    return join(manifest, '../bin/node');
  } catch (cause) {
    throw new Error(`there is no Node ${major} here: let GRID_NODE_${major} say where one is`, { cause });
  }
}
