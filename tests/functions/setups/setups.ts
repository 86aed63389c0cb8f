import { jestConfig, vitestConfig } from './runner-configs.js';
import type { Build, Setup } from './setup.js';

const mjs: Build = { kind: 'mjs' };
const sources = (modules: 'esm' | 'cjs', extra: Record<string, string> = {}): Build => ({
  kind: 'sources',
  modules,
  imports: modules === 'esm' ? '.js' : '',
  extra,
});

/** A file in `node_modules` here, as seen from the folder of a program. */
const tool = (path: string): string => `../../node_modules/${path}`;
const jest = ['--experimental-vm-modules', '--no-warnings', tool('jest/bin/jest.js'), '--runInBand'];
const program = { node: 20, who: 'program', ending: '.ts' } as const;

const TS_NODE = JSON.stringify({
  compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, rootDir: '.' },
  'ts-node': { transpileOnly: true },
});

/** All ways in which the cases are run, in the order of the columns. */
export const setups: readonly Setup[] = [
  {
    ...program,
    id: 'node-20',
    title: 'Node 20',
    about: 'ES modules in JavaScript (`.mjs`), Node 20',
    build: mjs,
    start: ['main.mjs'],
    ending: '.mjs',
  },
  { ...program, id: 'tsc', title: 'tsc', about: 'CommonJS built by `tsc`', build: { kind: 'tsc' }, start: ['main.js'] },
  {
    ...program,
    id: 'ts-node',
    title: 'ts-node',
    about: 'CommonJS through ts-node',
    build: sources('cjs', { 'tsconfig.json': TS_NODE }),
    start: ['--require', 'ts-node/register/transpile-only', 'main.ts'],
  },
  {
    ...program,
    id: 'tsx-esm',
    title: 'tsx',
    about: 'ES modules through tsx',
    build: sources('esm'),
    start: ['--import', 'tsx', 'main.ts'],
  },
  {
    ...program,
    id: 'tsx-cjs',
    title: 'tsx CommonJS',
    about: 'CommonJS through tsx',
    build: sources('cjs'),
    start: ['--import', 'tsx', 'main.ts'],
  },
  {
    ...program,
    id: 'bundle',
    title: 'bundle',
    about: "the program's own files bundled by esbuild, packages left outside",
    build: { kind: 'bundle' },
    start: ['main.mjs'],
  },
  {
    ...program,
    id: 'thread',
    title: 'thread',
    about: 'a program in a `worker_threads` thread',
    build: mjs,
    start: ['thread.mjs'],
    ending: '.mjs',
  },
  {
    ...program,
    id: 'task',
    title: 'task',
    about: 'a task that submits: what a worker got is captured there once more',
    build: mjs,
    start: ['main.mjs'],
    who: 'task',
    ending: '.mjs',
  },
  {
    ...program,
    id: 'swc-jest',
    title: 'jest, swc',
    about: 'a test in jest with `@swc/jest`, ES modules',
    build: sources('esm', jestConfig('swc', 'esm')),
    start: jest,
  },
  {
    ...program,
    id: 'swc-jest-cjs',
    title: 'jest, swc, coverage',
    about: 'a test in jest with `@swc/jest`, CommonJS, with coverage',
    build: sources('cjs', jestConfig('swc', 'cjs')),
    start: [...jest, '--coverage'],
  },
  {
    ...program,
    id: 'ts-jest',
    title: 'jest, ts-jest',
    about: 'a test in jest with ts-jest, CommonJS',
    build: sources('cjs', jestConfig('ts-jest', 'cjs')),
    start: jest,
  },
  {
    ...program,
    id: 'vitest',
    title: 'vitest',
    about: 'a test in vitest',
    build: sources('esm', vitestConfig()),
    start: [tool('vitest/vitest.mjs'), 'run'],
  },
  {
    ...program,
    id: 'node-22',
    title: 'Node 22',
    about: 'ES modules in JavaScript, Node 22',
    node: 22,
    build: mjs,
    start: ['main.mjs'],
    ending: '.mjs',
  },
  {
    ...program,
    id: 'node-24',
    title: 'Node 24',
    about: 'ES modules in JavaScript, Node 24',
    node: 24,
    build: mjs,
    start: ['main.mjs'],
    ending: '.mjs',
  },
  {
    ...program,
    id: 'node-24-ts',
    title: 'Node 24, TypeScript',
    about: 'TypeScript that Node 24 itself runs (`--experimental-transform-types`)',
    node: 24,
    build: { kind: 'sources', modules: 'esm', imports: '.ts', extra: {} },
    start: ['--experimental-transform-types', '--no-warnings', 'main.ts'],
  },
];
