/**
 * Chaos on demand: longer than in CI, or the same again.
 *
 *   pnpm chaos [--seconds N] [--seed S] [pattern]
 *
 * `--seconds` is how long storms last, each; `--seed` is what a run that failed has printed.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
for (const [name, value] of Object.entries(values)) {
  if (/^\d+$/.test(value)) continue;
  process.stderr.write(`--${name} is a number, not "${value}"\n`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  [createRequire(import.meta.url).resolve('jest/bin/jest'), '--runInBand', ...positionals],
  {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      ...(values.seconds !== undefined && { GRID_CHAOS_SECONDS: values.seconds }),
      ...(values.seed !== undefined && { GRID_CHAOS_SEED: values.seed }),
    },
  },
);
process.exit(status ?? 1);
