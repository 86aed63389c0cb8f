/**
 * Makes a package that looks like all others, and gives it a place among the layers.
 *
 *   pnpm new:package <name> [--uses common,graph] [--description "What it does."]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createPackage } from './create-package.mjs';

const { values, positionals } = parseArgs({
  options: {
    uses: { type: 'string', default: 'common' },
    description: { type: 'string', default: 'Says in one line what it does.' },
  },
  allowPositionals: true,
});

try {
  const files = createPackage(process.cwd(), {
    name: positionals[0] ?? '',
    uses: values.uses.split(','),
    description: values.description,
  });
  spawnSync('node_modules/.bin/prettier', ['--write', '--log-level', 'warn', ...files], { stdio: 'inherit' });
  process.stdout.write(`${files.join('\n')}\n\nNext: pnpm install, write, pnpm api:update, pnpm verify.\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
