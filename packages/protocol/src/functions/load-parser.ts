import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options, Program } from 'acorn';
import type * as traceMapping from '@jridgewell/trace-mapping';

const BUILT = 'functions/parser.cjs';

/** What capturing needs of other people's code. */
export interface Parser {
  readonly parse: (text: string, options: Options) => Program;
  readonly TraceMap: typeof traceMapping.TraceMap;
  readonly originalPositionFor: typeof traceMapping.originalPositionFor;
}

/** Loads the parser at once, since capturing is synchronous; takes some milliseconds, once for each encoder. */
export function loadParser(): Parser {
  const require = createRequire(import.meta.url);
  const built = builtParser(require);
  // What is required there has this shape: it is `parser.ts`, or the packages that it re-exports.
  if (built !== undefined) return require(built) as Parser;
  const acorn = require('acorn') as Pick<Parser, 'parse'>;
  const tracing = require('@jridgewell/trace-mapping') as typeof traceMapping;
  return { parse: acorn.parse, TraceMap: tracing.TraceMap, originalPositionFor: tracing.originalPositionFor };
}

/** The built parser lies beside this code, or, where that was bundled into another file, in this package. */
function builtParser(require: NodeJS.Require): string | undefined {
  const beside = new URL(`./${BUILT}`, import.meta.url);
  if (beside.protocol === 'file:' && existsSync(beside)) return fileURLToPath(beside);
  const manifest = findManifest(require);
  const file = manifest === undefined ? undefined : join(dirname(manifest), 'dist', BUILT);
  return file !== undefined && existsSync(file) ? file : undefined;
}

function findManifest(require: NodeJS.Require): string | undefined {
  try {
    return require.resolve('@grid/protocol/package.json');
  } catch (error) {
    // This package need not be installed where a program has bundled it; the parser itself may be there.
    void error;
    return undefined;
  }
}
