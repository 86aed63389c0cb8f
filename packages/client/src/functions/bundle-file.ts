import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult } from 'esbuild';

import { ClientError } from '../errors.js';
import { loadEsbuild, type Esbuild } from './load-esbuild.js';

/** A file and all that it imports of the user's own, as one text. */
export interface BundledText {
  readonly code: string;
  /** JSON; its sources are relative to the folder of the file. Empty if it is part of the code. */
  readonly map: string;
  /** Whether all of it was written as ES modules, which are strict. */
  readonly isStrict: boolean;
}

type Result = BuildResult<{ metafile: true; write: false }>;

interface Entry {
  readonly bundled: BundledText;
  /** What it was made from, as the files were then. */
  readonly inputs: readonly { readonly file: string; readonly stamp: string }[];
}

/** How many bundles are kept. */
const MAX_BUNDLES = 100;

/** Common to all bundles. Packages are never part of one: workers have their own. */
const OPTIONS = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  write: false,
  metafile: true,
  sourcesContent: false,
  keepNames: true,
  charset: 'utf8',
  logLevel: 'silent',
} as const satisfies BuildOptions;

const known = new Map<string, Entry>();

/**
 * Bundles a file of the user's. The same text is given again until one of the files in it has changed. Takes some 60
 * milliseconds, and the process waits for it.
 *
 * @param options - What differs from one use to another; alike for all calls with the same caller.
 * @param caller - As it stands in errors.
 * @throws {@link ClientError} `GRID_CLIENT_NO_ESBUILD`, `GRID_CLIENT_BUNDLE_FAILED`.
 */
export function bundleFile(file: string, options: BuildOptions, caller: string): BundledText {
  const key = `${caller} ${file}`;
  const entry = known.get(key);
  known.delete(key);
  const current = entry !== undefined && isCurrent(entry) ? entry : build(file, options, caller);
  known.set(key, current);
  if (known.size > MAX_BUNDLES) known.delete(known.keys().next().value as string);
  return current.bundled;
}

function isCurrent({ inputs }: Entry): boolean {
  return inputs.every(({ file, stamp }) => stampOf(file) === stamp);
}

/** Tells one state of a file from another, without reading it. */
function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${String(stats.ino)} ${String(stats.size)} ${String(stats.mtimeNs)}`;
}

function build(file: string, options: BuildOptions, caller: string): Entry {
  const esbuild = loadEsbuild(file, caller);
  const folder = dirname(file);
  let result: Result;
  try {
    // What is written about files in the text is relative to their folder, so that the text is the same on any machine.
    const place = { absWorkingDir: folder, entryPoints: [file], outfile: join(folder, 'bundle.js') };
    result = esbuild.buildSync({ ...OPTIONS, ...options, ...place }) as Result;
  } catch (error) {
    throw bundleFailed(esbuild, error, file, caller);
  }
  const names = Object.keys(result.metafile.inputs);
  const inputs = names.map((name) => resolve(folder, name)).map((input) => ({ file: input, stamp: stampOf(input) }));
  const textOf = (suffix: string): string => result.outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
  const formats = Object.values(result.metafile.inputs).map(({ format }) => format);
  return {
    bundled: { code: textOf('.js'), map: textOf('.map'), isStrict: formats.every((format) => format !== 'cjs') },
    // What is no file has nothing that could change.
    inputs: inputs.filter(({ stamp }) => stamp !== ''),
  };
}

function bundleFailed(esbuild: Esbuild, error: unknown, file: string, caller: string): unknown {
  const messages = (error as Partial<BuildFailure>).errors;
  if (messages === undefined) return error;
  const text = esbuild.formatMessagesSync(messages, { kind: 'error', color: false }).join('').trimEnd();
  const awaits = messages.some((message) => message.text.startsWith('Top-level await'));
  const hint = awaits
    ? '\n  fix: what a module awaits at its top level cannot go along; await it inside the functions, ' +
      "or, if it is the program's own start, move the functions of tasks into a file of their own"
    : '';
  return new ClientError('GRID_CLIENT_BUNDLE_FAILED', `${caller} cannot bundle '${file}':\n${text}${hint}`, {
    details: { file },
    cause: error,
  });
}
