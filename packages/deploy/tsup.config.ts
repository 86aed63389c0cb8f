import { cpSync } from 'node:fs';

import { defineConfig, type Options } from 'tsup';

import { preset } from '../../tooling/tsup/preset.ts';

const library = preset();

/**
 * A file that processes or threads of a local cluster start with: one bundle with everything in it that it needs to
 * start, since every module more that has to be found and read makes a cluster come up later. What is imported on
 * demand is in files beside it.
 */
function startFile(name: string): Options {
  return {
    ...library,
    clean: false,
    minifySyntax: true,
    noExternal: [/.*/],
    entry: { [`process/${name}`]: `src/process/${name}.ts` },
    onSuccess: async () => {
      // A task may return a function, and then its thread reads code: the parser is looked for beside the bundle.
      cpSync('../protocol/dist/functions/parser.cjs', 'dist/process/functions/parser.cjs');
    },
    // Dependencies that are CommonJS ask for built-in modules by `require`, which a bundle in ESM does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  };
}

export default defineConfig([
  { ...library, clean: false },
  ...['scheduler-process', 'worker-process', 'thread-entry', 'plugin-thread-entry'].map(startFile),
]);
