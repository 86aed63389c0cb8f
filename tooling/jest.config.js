import { base } from './jest/preset.js';

/** The tests of our own tools, which are plain modules. */
export default {
  ...base,
  displayName: 'tooling',
  testMatch: ['<rootDir>/**/*.test.mjs'],
  moduleNameMapper: {},
  moduleFileExtensions: ['mjs', 'js', 'cjs', 'json', 'ts'],
  transform: {},
};
