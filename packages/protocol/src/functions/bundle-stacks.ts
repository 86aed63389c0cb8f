import { dirname, resolve } from 'node:path';
import type { Parser } from './load-parser.js';
import { Recent } from './recent.js';
import type { ModuleBundle } from './task-description.js';

/** How many bundles' maps are remembered. */
const MAX_BUNDLES = 200;

/** The text of a bundle begins below the line that makes a function of it. */
const HEAD_LINES = 1;

interface Known {
  readonly bundle: ModuleBundle;
  map: InstanceType<Parser['TraceMap']> | undefined;
}

/** Maps places in bundled modules back to the files that they were made from. */
export class BundleStacks {
  readonly #parser: () => Parser;
  readonly #known = new Recent<string, Known>(MAX_BUNDLES);

  constructor(parser: () => Parser) {
    this.#parser = parser;
  }

  /** @param key - what stacks call the bundle */
  remember(key: string, bundle: ModuleBundle): void {
    if (!this.#known.has(key)) this.#known.set(key, { bundle, map: undefined });
  }

  /**
   * Where the code behind a place stands; lines and columns are counted from 0, in the answer from 1.
   * `undefined` for what is no bundle, or was made by the bundler.
   */
  original(key: string, line: number, column: number): { file: string; line: number; column: number } | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    const { TraceMap, originalPositionFor } = this.#parser();
    known.map ??= new TraceMap(known.bundle.map);
    const found = originalPositionFor(known.map, { line: line + 1 - HEAD_LINES, column });
    if (found.source === null) return undefined;
    return { file: resolve(dirname(known.bundle.file), found.source), line: found.line, column: found.column + 1 };
  }
}
