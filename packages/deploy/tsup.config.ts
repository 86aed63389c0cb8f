import { cpSync } from 'node:fs';

import { defineConfig } from 'tsup';

import { preset } from '../../tooling/tsup/preset.ts';

const library = preset();

/**
 * The files that processes and threads of a local cluster start with: each is one bundle with everything in it, since
 * every module more that has to be found and read makes a cluster come up later.
 */
export default defineConfig([
  { ...library, clean: false },
  {
    ...library,
    clean: false,
    splitting: false,
    minifySyntax: true,
    noExternal: [/.*/],
    entry: {
      'process/scheduler-process': 'src/process/scheduler-process.ts',
      'process/worker-process': 'src/process/worker-process.ts',
      'process/thread-entry': 'src/process/thread-entry.ts',
    },
    onSuccess: async () => {
      // A task may return a function, and then its thread reads code: the parser is looked for beside the bundle.
      cpSync('../protocol/dist/functions/parser.cjs', 'dist/process/functions/parser.cjs');
    },
    // Dependencies that are CommonJS ask for built-in modules by `require`, which a bundle in ESM does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  },
]);
