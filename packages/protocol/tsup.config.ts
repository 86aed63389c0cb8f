import { build } from 'tsup';

import { lean } from '../../tooling/tsup/lean.ts';
import { preset } from '../../tooling/tsup/preset.ts';

/** Bundled, not required: a client should pull in nothing but `@grid/*`. */
const bundles = ['@msgpack/msgpack', 'acorn', '@jridgewell/trace-mapping'];
const main = preset({ bundles });

export default {
  ...main,
  ...lean,
  onSuccess: async () => {
    // Only processes that capture functions load the parser, and they do so by `require`, in the middle of a call.
    // CommonJS, since not everything that runs our code can require a module: test runners cannot.
    await build({
      config: false,
      entry: { 'functions/parser': 'src/functions/parser.ts' },
      format: ['cjs'],
      target: 'node20',
      platform: 'node',
      clean: false,
      silent: true,
      noExternal: bundles,
      // None of it is ours to read, and it is the largest file that users install.
      minify: true,
    });
    if (typeof main.onSuccess === 'function') await main.onSuccess();
  },
};
