/** The import rules hold the sources to `layers.json`; this holds the manifests to it. Exit code 1 on a difference. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const layers = read('tooling/layers/layers.json');

const folders = readdirSync(new URL('packages/', root)).filter((name) =>
  existsSync(new URL(`packages/${name}/package.json`, root)),
);

function problemsOf(name) {
  const layer = layers[name];
  if (layer === undefined) return [`packages/${name} has no entry in tooling/layers/layers.json`];
  const manifest = read(`packages/${name}/package.json`);
  const dependencies = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@grid/'));
  return dependencies
    .map((dependency) => dependency.replace('@grid/', ''))
    .filter((used) => !layer.uses.includes(used))
    .map((used) => `packages/${name} depends on @grid/${used}, which its layer does not list`);
}

const problems = [
  ...folders.flatMap(problemsOf),
  ...Object.keys(layers)
    .filter((name) => !folders.includes(name))
    .map((name) => `tooling/layers/layers.json lists ${name}, which has no folder under packages/`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
