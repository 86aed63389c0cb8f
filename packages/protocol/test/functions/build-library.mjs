// Run by the tests in a process of its own: builds this library for programs that use it.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '../..');
const out = process.argv[2];
const require = createRequire(import.meta.url);
const { buildSync } = createRequire(require.resolve('tsup'))('esbuild');

function build(options) {
  buildSync({ platform: 'node', target: 'node20', logLevel: 'error', bundle: true, ...options });
}

mkdirSync(join(out, 'lib'));
writeFileSync(
  join(out, 'lib/package.json'),
  JSON.stringify({ name: 'a-users-program', private: true, type: 'module' }),
);
symlinkSync(join(packageRoot, 'node_modules'), join(out, 'node_modules'));
build({
  entryPoints: [join(packageRoot, 'src/index.ts')],
  format: 'esm',
  conditions: ['@grid/source'],
  outdir: join(out, 'lib'),
});
build({
  entryPoints: { parser: join(packageRoot, 'src/functions/parser.ts') },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir: join(out, 'lib/functions'),
});
