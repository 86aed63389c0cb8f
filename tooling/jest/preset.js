const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
  ],
};

/** Native ESM in TypeScript: what all kinds of test share. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/**
 * Sibling packages come from their sources instead of `dist`, so that a unit test never needs a build and never tests
 * a stale one.
 */
export const base = {
  ...common,
  testEnvironmentOptions: { customExportConditions: ['@grid/source', 'node', 'node-addons'] },
};

/**
 * Tests of the built product: real sockets, threads and processes, and every package as its users get it. The mapper
 * must not touch the JavaScript of `dist`, whose files do end in `.js`.
 */
export const integration = {
  ...common,
  moduleNameMapper: {},
  resolver: new URL('./typescript-resolver.cjs', import.meta.url).pathname,
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
  testMatch: ['<rootDir>/**/*.test.ts'],
  testTimeout: 30_000,
};

export default {
  ...base,
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
};
