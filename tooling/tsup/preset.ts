import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Options } from 'tsup';

interface Manifest {
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
}

export interface PresetOptions {
  /** Files under `src/` to build besides those that `exports` and `bin` name, such as the file a process starts with. */
  readonly extraEntries?: readonly string[];
  /** Modules to copy into the bundle, with their licences. They belong into `devDependencies`. */
  readonly bundles?: readonly string[];
}

/**
 * How every package is bundled: one ESM file an entry, for Node 20.19 and newer, without source maps. What to build
 * is read from `exports` and `bin` of the `package.json` beside, so that the two cannot disagree. Declarations come
 * from `tsc` (`tsconfig.build.json`), which is faster than tsup's own way.
 */
export function preset({ extraEntries = [], bundles = [] }: PresetOptions = {}): Options {
  const folder = process.cwd();
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const sources = [...exportedSources(manifest), ...binarySources(manifest), ...extraEntries].filter(isWritten);
  return {
    // Names, not a list: tsup would drop the common folder of a list, and with it the layout of `dist`.
    entry: Object.fromEntries(sources.map((source) => [source.replace(/^src\//, '').replace(/\.ts$/, ''), source])),
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    clean: true,
    dts: false,
    sourcemap: false,
    splitting: true,
    silent: true,
    noExternal: [...bundles],
    onSuccess: async () => writeNotices(folder, bundles),
  };
}

/** A promise in `exports` without a source is reported by `check:exports`; it should not stop all other builds. */
function isWritten(source: string): boolean {
  if (existsSync(source)) return true;
  process.stderr.write(`${process.cwd()}: no ${source}, though package.json or tsup.config.ts names it\n`);
  return false;
}

function exportedSources({ exports = {} }: Manifest): string[] {
  return Object.values(exports).flatMap((target) => {
    const source = typeof target === 'string' ? undefined : target['@grid/source'];
    return source === undefined ? [] : [source.replace(/^\.\//, '')];
  });
}

function binarySources({ bin = {} }: Manifest): string[] {
  return Object.values(bin).map((target) => target.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'));
}

/** The licences of what is bundled ask for their text to travel with the copy. */
function writeNotices(folder: string, bundles: readonly string[]): void {
  if (bundles.length === 0) return;
  const require = createRequire(join(folder, 'package.json'));
  const notices = bundles.map((name) => {
    const root = packageRoot(require.resolve(name), name);
    const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
    return `${name} ${version} (${license})\n\n${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n`;
  });
  writeFileSync(join(folder, 'dist', 'THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

function packageRoot(file: string, name: string): string {
  const marker = join('node_modules', name);
  return file.slice(0, file.lastIndexOf(marker) + marker.length) || dirname(file);
}
