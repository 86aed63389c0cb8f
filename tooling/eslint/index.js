import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { corePurity } from './core-purity.js';
import { generalSyntax, testSyntax } from './syntax.js';

const sources = ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'];

/** Code that exercises other code. It may throw, print and be long where a test tells a story. */
const tests = [
  '**/*.test.ts',
  '**/*.test-d.ts',
  '**/test/**/*.ts',
  '**/testing/**/*.ts',
  '**/compliance/**/*.ts',
  'tests/**/*.ts',
  'benchmarks/**/*.ts',
];

const forAll = {
  name: 'grid/all',
  files: ['**/*.ts'],
  languageOptions: {
    parserOptions: { projectService: true, tsconfigRootDir: new URL('../..', import.meta.url).pathname },
  },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  rules: {
    eqeqeq: 'error',
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // A method that promises must be `async`, so that what it throws becomes a rejection.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    '@typescript-eslint/no-confusing-void-expression': 'off',
  },
};

const forSources = {
  name: 'grid/sources',
  files: sources,
  ignores: tests,
  rules: {
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    'max-params': 'off',
    '@typescript-eslint/max-params': ['error', { max: 4, countVoidThis: false }],
    'no-console': 'error',
    'no-restricted-syntax': ['error', ...generalSyntax],
    '@typescript-eslint/explicit-module-boundary-types': 'error',
    '@typescript-eslint/prefer-readonly': 'error',
  },
};

const forTests = {
  name: 'grid/tests',
  files: tests,
  rules: {
    'no-restricted-syntax': ['error', ...testSyntax],
    // Tests hand over wrong values on purpose, and throw whatever a user could.
    '@typescript-eslint/only-throw-error': 'off',
    '@typescript-eslint/prefer-promise-reject-errors': 'off',
    '@typescript-eslint/no-unsafe-argument': 'off',
    '@typescript-eslint/no-unsafe-assignment': 'off',
    '@typescript-eslint/no-unsafe-member-access': 'off',
    '@typescript-eslint/no-unsafe-call': 'off',
    '@typescript-eslint/no-unsafe-return': 'off',
    '@typescript-eslint/unbound-method': 'off',
    '@typescript-eslint/no-unused-expressions': 'off',
    '@typescript-eslint/await-thenable': 'off',
    '@typescript-eslint/no-base-to-string': 'off',
    '@typescript-eslint/restrict-template-expressions': 'off',
  },
};

/** Tool configuration: a default export is what the tools ask for, and no project knows these files. */
const forConfigs = {
  ...tseslint.configs.disableTypeChecked,
  name: 'grid/configs',
  files: ['**/*.js', '**/*.mjs', '**/*.cjs', '**/tsup.config.ts', 'tooling/**/*.ts'],
  languageOptions: { parserOptions: { projectService: false, project: false, program: null } },
  rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off' },
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/temp/**',
      '**/coverage/**',
      'tooling/new-package/template/**',
      '**/*.d.cts',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  forAll,
  forSources,
  forTests,
  corePurity,
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], rules: { 'no-undef': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  forConfigs,
);
