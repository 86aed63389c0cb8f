import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { build, type BuildOptions } from 'esbuild';

import { Program } from './program.js';
import { TempFolder } from './temp-folder.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const SOURCES = fileURLToPath(new URL('../fixtures/user-program/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** How a user may run TypeScript, each with what Node needs to show places in it. */
export type SetUp = 'plain ESM' | 'tsx' | 'tsc, CommonJS' | 'a bundle' | 'a minified bundle' | 'native TypeScript';

/** A user's program of several files, in a folder of its own where this product is installed. */
export class UserProgram implements Disposable {
  readonly #folder = new TempFolder();

  constructor() {
    const modules = this.#folder.file('node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(PACKAGES))
      if (!name.startsWith('.')) symlinkSync(join(PACKAGES, name), join(modules, name));
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** The source of one of its files. */
  static source(name: string): string {
    return readFileSync(join(SOURCES, name), 'utf8');
  }

  /** Makes ready what the set-up needs, and starts a file of the program. */
  async start(setUp: SetUp, entry: string, args: readonly string[] = []): Promise<Program> {
    const [file, ...options] = await this.#prepare(setUp, entry);
    return new Program(file as string, args, {}, { nodeOptions: options, cwd: dirname(file as string) });
  }

  /** The file to run, and options of Node. */
  async #prepare(setUp: SetUp, entry: string): Promise<string[]> {
    switch (setUp) {
      case 'plain ESM': {
        const folder = this.#copy('esm', 'module');
        await transpile({ entryPoints: [join(folder, '*.ts')], outdir: folder });
        return [join(folder, `${entry}.js`)];
      }
      case 'tsx':
        return [join(this.#copy('tsx', 'module'), `${entry}.ts`), '--import', require.resolve('tsx')];
      case 'tsc, CommonJS': {
        const folder = this.#copy('cjs', 'commonjs');
        await compile(folder);
        return [join(folder, 'out', `${entry}.js`), '--enable-source-maps'];
      }
      case 'a bundle':
      case 'a minified bundle': {
        const folder = this.#copy('bundle', 'module');
        const minify = setUp === 'a minified bundle';
        const outfile = join(folder, 'out', minify ? 'min' : 'all', `${entry}.mjs`);
        const entryPoints = [join(folder, `${entry}.ts`)];
        const sourcemap = minify ? 'inline' : true;
        await transpile({ entryPoints, outfile, bundle: true, packages: 'external', minify, sourcemap });
        return [outfile, '--enable-source-maps'];
      }
      case 'native TypeScript': {
        const folder = this.#copy('native', 'module');
        for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
          const file = join(folder, name);
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '\.\/\w+)\.js'/g, "$1.ts'"));
        }
        return [join(folder, `${entry}.ts`)];
      }
    }
  }

  #copy(name: string, type: 'module' | 'commonjs'): string {
    const folder = this.#folder.file(name);
    cpSync(SOURCES, folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a-users-program', private: true, type }));
    return folder;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

async function transpile(options: BuildOptions): Promise<void> {
  await build({ platform: 'node', format: 'esm', target: 'node20', logLevel: 'error', ...options });
}

async function compile(folder: string): Promise<void> {
  const options = { target: 'es2022', module: 'node16', sourceMap: true, noCheck: true, outDir: 'out', rootDir: '.' };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, types: [] } }));
  const compiler = join(dirname(require.resolve('@typescript/native/package.json')), 'bin/tsc');
  await run(process.execPath, [compiler, '-p', folder]);
}
