import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import ts from 'typescript';
import { asModules, readTypeScript, writeFiles } from './files.js';
import { fixturePackages } from './fixture-packages.js';
import type { Files, Imports, Setup } from './setup.js';

/** Files of the program that are CommonJS in every set-up. */
const COMMON_JS = ['sloppy.cjs', 'third.cjs'];

/** Runs the program in a thread. */
const THREAD = "import { Worker } from 'node:worker_threads';\nnew Worker(new URL('main.mjs', import.meta.url));\n";

const SOURCES = fileURLToPath(new URL('../program', import.meta.url));

/** Writes the program of a set-up into `folder`. */
export async function buildProgram({ build: how }: Setup, folder: string): Promise<void> {
  const modules = how.kind === 'tsc' || (how.kind === 'sources' && how.modules === 'cjs') ? 'cjs' : 'esm';
  const type = modules === 'esm' ? 'module' : 'commonjs';
  const own = { 'package.json': JSON.stringify({ name: 'a-users-program', private: true, type }) };
  await writeFiles(folder, { ...own, ...fixturePackages });
  await mkdir(join(folder, 'own'), { recursive: true });
  for (const name of COMMON_JS) await cp(join(SOURCES, 'own', name), join(folder, 'own', name));
  const sources = await readSources(modules);
  if (how.kind === 'sources') await writeFiles(folder, { ...withImports(sources, how.imports), ...how.extra });
  else if (how.kind === 'mjs') await writeFiles(folder, { ...(await asModules(sources)), 'thread.mjs': THREAD });
  else if (how.kind === 'tsc') await writeFiles(folder, compiled(withImports(sources, '')));
  else {
    await bundle(folder);
    // What is sent as a module is not part of the bundle.
    await writeFiles(folder, sources);
  }
}

/** All files of the program; those of CommonJS have another way to know where they are. */
async function readSources(modules: 'esm' | 'cjs'): Promise<Files> {
  const { 'own/place-cjs.ts': placeOfCommonJs = '', ...files } = await readTypeScript(SOURCES);
  return modules === 'esm' ? files : { ...files, 'own/place.ts': placeOfCommonJs };
}

/** The same files, which name each other in another way. */
function withImports(files: Files, imports: Imports): Files {
  return mapFiles(files, (text) => text.replaceAll(/(from '\.[^']*|import\('\.[^']*)\.js'/g, `$1${imports}'`));
}

/** What `tsc` makes, with the sources beside it. */
function compiled(files: Files): Files {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const outputs = Object.entries(files).flatMap(([fileName, text]) => {
    const options = { ...compilerOptions, sourceMap: true, sourceRoot: '', inlineSources: false };
    const { outputText, sourceMapText = '' } = ts.transpileModule(text, { compilerOptions: options, fileName });
    const script = fileName.replace(/\.ts$/, '.js');
    return [
      [fileName, text],
      [script, outputText],
      [`${script}.map`, sourceMapText],
    ];
  });
  return Object.fromEntries(outputs) as Files;
}

async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
    plugins: [leaveCommonJs],
  });
}

/** One of them uses what no ES module may, which a bundle is. */
const leaveCommonJs: Plugin = {
  name: 'leave-common-js',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\.cjs$/ }, ({ path }) => ({ path: `./own/${basename(path)}`, external: true })),
};

function mapFiles(files: Files, change: (text: string) => string): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, change(text)]));
}
