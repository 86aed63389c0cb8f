import { generalSyntax } from './syntax.js';

const timeAndChance = [
  'Date',
  'performance',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'crypto',
  'console',
];

/**
 * A core decides and does nothing else: time, chance and the world come in as arguments and go out as instructions.
 * That is what lets a test replay it.
 */
export const corePurity = {
  name: 'grid/core-purity',
  files: ['packages/*/src/core/**/*.ts', 'packages/*/src/*/core/**/*.ts'],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-globals': ['error', ...timeAndChance],
    'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Draw from state.rng.' }],
    // Setting the rule again replaces its list, so the general one is repeated here.
    'no-restricted-syntax': [
      'error',
      ...generalSyntax,
      { selector: ':function[async=true]', message: 'The core is synchronous.' },
      { selector: 'AwaitExpression', message: 'The core is synchronous.' },
      { selector: "Identifier[name='Promise']", message: 'The core is synchronous.' },
    ],
  },
};
