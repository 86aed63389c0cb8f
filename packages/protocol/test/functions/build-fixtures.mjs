// Run by the tests in a process of its own: builds this library and the programs that use it, in several ways.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const packageRoot = join(here, '../..');
const out = process.argv[2];
const require = createRequire(import.meta.url);
const { buildSync } = createRequire(require.resolve('tsup'))('esbuild');

function build(options) {
  buildSync({ platform: 'node', target: 'node20', logLevel: 'error', ...options });
}

function folder(name, type) {
  mkdirSync(join(out, name), { recursive: true });
  writeFileSync(join(out, name, 'package.json'), JSON.stringify({ name: 'a-users-program', private: true, type }));
}

const fixtures = ['cases', 'helpers', 'more-helpers'].map((name) => join(here, 'fixtures', `${name}.ts`));
folder('lib', 'module');
folder('esm', 'module');
folder('cjs', 'commonjs');
folder('bundle', 'module');
symlinkSync(join(packageRoot, 'node_modules'), join(out, 'node_modules'));
build({
  entryPoints: [join(packageRoot, 'src/index.ts')],
  bundle: true,
  format: 'esm',
  conditions: ['@grid/source'],
  outdir: join(out, 'lib'),
});
build({
  entryPoints: { parser: join(packageRoot, 'src/functions/parser.ts') },
  bundle: true,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: join(out, 'lib/functions'),
});
for (const name of ['drive', 'worker', 'main']) {
  build({ entryPoints: [join(here, `${name}.ts`)], format: 'esm', outfile: join(out, `${name}.mjs`) });
}
build({ entryPoints: fixtures, format: 'esm', outdir: join(out, 'esm'), sourcemap: 'inline' });
// As a program of the other kind: a transpiler looks at the manifest beside the source.
folder('cjs-source', 'commonjs');
for (const file of fixtures) copyFileSync(file, join(out, 'cjs-source', basename(file)));
const copies = fixtures.map((file) => join(out, 'cjs-source', basename(file)));
build({ entryPoints: copies, format: 'cjs', outdir: join(out, 'cjs'), sourcemap: true });
build({ entryPoints: [fixtures[0]], format: 'esm', bundle: true, packages: 'external', outdir: join(out, 'bundle') });
