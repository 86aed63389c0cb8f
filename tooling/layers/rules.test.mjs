import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const layers = { common: { uses: [] }, graph: { uses: ['common'] }, comm: { uses: ['common'] } };
let root = '';
let broken = [];

const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const addPackage = (folder, dependencies = []) => {
  const name = `@grid/${folder.split('/')[1]}`;
  const manifest = {
    name,
    exports: { '.': { '@grid/source': './src/index.ts' } },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
  };
  write(`${folder}/package.json`, JSON.stringify(manifest));
  write(`${folder}/src/index.ts`, "export { inner } from './inner.js';\n");
  write(`${folder}/src/inner.ts`, 'export const inner = 1;\n');
  mkdirSync(join(root, 'node_modules/@grid'), { recursive: true });
  symlinkSync(join(root, folder), join(root, 'node_modules', name));
};

/** A file for each rule that breaks it, and what lets the rule pass. */
const planted = [
  ['packages/graph/src/uses-comm.ts', "import '@grid/comm';\n", 'layer-graph'],
  ['apps/tool/src/uses-graph.ts', "import '@grid/graph';\n", 'app-tool'],
  ['packages/graph/src/a.ts', "import './b.js';\n", 'no-cycles'],
  ['packages/graph/src/type-a.ts', "import type {} from './type-b.js';\n", 'no-cycles-by-type'],
  ['packages/graph/src/core/reads.ts', "import 'node:fs';\n", 'core-does-no-io'],
  ['packages/graph/src/core/knows.ts', "import '../shell/shell.js';\n", 'core-knows-no-shell'],
  ['packages/graph/src/core/talks.ts', "import '@grid/comm';\n", 'core-imports-vocabulary-only'],
  ['packages/graph/src/digs.ts', "import '../../common/src/inner.js';\n", 'no-deep-imports'],
  ['tests/whole/digs.ts', "import '../../packages/common/src/inner.js';\n", 'no-deep-imports-from-outside'],
  ['packages/graph/src/own-index.ts', "import './index.js';\n", 'nobody-imports-its-own-index'],
  ['packages/graph/src/lost.ts', "import './nowhere.js';\n", 'not-unresolvable'],
  ['packages/graph/src/allowed.ts', "import '@grid/common';\nimport 'node:fs';\n", undefined],
  ['packages/graph/src/core/allowed.ts', "import '@grid/common';\nimport '../errors.js';\n", undefined],
  ['apps/tool/src/allowed.ts', "import '@grid/common';\n", undefined],
];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'grid-layers-'));
  cpSync(join(repository, 'tooling/layers/depcruise.cjs'), join(root, 'tooling/layers/depcruise.cjs'));
  write('tooling/layers/layers.json', JSON.stringify(layers));
  for (const name of Object.keys(layers)) addPackage(`packages/${name}`);
  addPackage('apps/tool', ['@grid/common']);
  // The other halves of the cycles, which are reported once.
  write('packages/graph/src/b.ts', "import './a.js';\n");
  write('packages/graph/src/type-b.ts', "import './type-a.js';\n");
  write('packages/graph/src/shell/shell.ts', 'export {};\n');
  write('packages/graph/src/errors.ts', 'export {};\n');
  for (const [path, text] of planted) write(path, text);

  const binary = join(repository, 'node_modules/.bin/depcruise');
  const args = ['--config', 'tooling/layers/depcruise.cjs', '--output-type', 'json', 'packages', 'apps', 'tests'];
  const { stdout } = spawnSync(binary, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  broken = JSON.parse(stdout).summary.violations.map(({ from, rule }) => [from, rule.name]);
}, 30_000);

afterAll(() => rmSync(root, { recursive: true }));

describe('the import rules', () => {
  it.each(planted.filter(([, , rule]) => rule !== undefined))('%s is caught', (path, _text, rule) => {
    expect(broken).toContainEqual([path, rule]);
  });

  it.each(planted.filter(([, , rule]) => rule === undefined))('%s may pass', (path) => {
    expect(broken.filter(([from]) => from === path)).toEqual([]);
  });
});
