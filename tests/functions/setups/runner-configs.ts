import type { Files } from './setup.js';

const SWC = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' };

/** Configuration of a user's jest. */
export function jestConfig(transformer: 'swc' | 'ts-jest', modules: 'esm' | 'cjs'): Files {
  // The library has ES modules only, which a test in CommonJS gets by `import()`: transformers must leave that alone.
  const swc = { ...SWC, module: modules === 'esm' ? { type: 'es6' } : { type: 'commonjs', ignoreDynamic: true } };
  const transform = transformer === 'swc' ? ['@swc/jest', swc] : ['ts-jest', { diagnostics: false }];
  const config = {
    testMatch: ['<rootDir>/*.test.ts'],
    transform: { '^.+\\.ts$': transform },
    collectCoverageFrom: ['<rootDir>/**/*.ts'],
    coverageReporters: ['json'],
    cacheDirectory: '<rootDir>/../.jest-cache',
    ...(modules === 'esm' && {
      extensionsToTreatAsEsm: ['.ts'],
      moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    }),
  };
  const compilerOptions = { module: 'nodenext', target: 'es2022', esModuleInterop: true, isolatedModules: true };
  return {
    'jest.config.cjs': `module.exports = ${JSON.stringify(config)};\n`,
    'tsconfig.json': JSON.stringify({ compilerOptions }),
  };
}

/** Configuration of a user's vitest. */
export function vitestConfig(): Files {
  const config = {
    test: { globals: true, include: ['*.test.ts'], server: { deps: { external: ['EXTERNAL'] } } },
  };
  // This library lies in a workspace here; where it is installed, it is left alone as all packages are. A `.cjs` uses
  // what no ES module may, and vitest makes one of all else.
  const text = JSON.stringify(config).replace('"EXTERNAL"', '/packages\\/[^/]+\\/dist/, /own\\/\\w+\\.cjs/');
  return { 'vitest.config.mjs': `export default ${text};\n` };
}
