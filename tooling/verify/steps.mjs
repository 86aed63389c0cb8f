/**
 * Everything that has to hold before a change goes in, in the order of what is cheapest to know first.
 *
 * `command` runs in the root with `node_modules/.bin` on the path. A step with `jest` is counted by its tests, one whose
 * last line reads `N passed, N failed` by that line, any other as one. `cores` is how many it keeps busy; `needs` names
 * a step that must have passed. A step whose `folder` does not exist is left out.
 */
const jest = (config) => ['jest', '--config', config];

export const steps = [
  { name: 'build', command: ['turbo', 'run', 'build', '--continue', '--output-logs=errors-only'], cores: 2 },
  { name: 'typecheck', command: ['pnpm', 'run', '--silent', 'typecheck'], cores: 2 },
  { name: 'lint', command: ['pnpm', 'run', '--silent', 'lint'], cores: 1 },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'], cores: 1 },
  { name: 'layers', command: ['pnpm', 'run', '--silent', 'check:layers'], cores: 1 },
  { name: 'unused', command: ['pnpm', 'run', '--silent', 'check:unused'], cores: 1 },
  { name: 'types', command: ['node', 'tooling/types/main.mjs'], cores: 1 },
  { name: 'api', command: ['node', 'tooling/api-report/main.mjs'], cores: 1, needs: 'build' },
  { name: 'pack', command: ['node', 'tooling/scripts/pack.mjs'], cores: 1, needs: 'build' },
  { name: 'exports', command: ['node', 'tooling/exports/main.mjs'], cores: 2, needs: 'pack' },
  { name: 'unit', command: [...jest('jest.config.js'), '--maxWorkers=2'], jest: true, cores: 2 },
  {
    name: 'integration',
    command: [...jest('tests/integration/jest.config.js'), '--runInBand'],
    jest: true,
    cores: 2,
    needs: 'build',
  },
  { name: 'functions', command: jest('tests/functions/jest.config.js'), jest: true, cores: 2, needs: 'build' },
  {
    name: 'simulation',
    command: [...jest('tests/simulation/jest.config.js'), '--maxWorkers=2'],
    jest: true,
    cores: 2,
    needs: 'build',
    folder: 'tests/simulation',
  },
  {
    name: 'chaos',
    command: [...jest('tests/chaos/jest.config.js'), '--runInBand'],
    jest: true,
    cores: 2,
    needs: 'build',
    folder: 'tests/chaos',
  },
  { name: 'generator', command: ['node', 'tooling/new-package/check.mjs'], cores: 1, needs: 'build' },
  { name: 'release', command: ['node', 'tooling/release-check/main.mjs'], cores: 2, needs: 'pack' },
];
