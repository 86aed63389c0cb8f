import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globFiles } from '../scripts/glob-files.mjs';

const template = fileURLToPath(new URL('template', import.meta.url));

/**
 * Writes `packages/<name>` and its line in `layers.json`.
 *
 * @returns {string[]} the files written, relative to `root`
 * @throws before anything is written, if the name is taken or malformed, or a layer that it uses does not exist
 */
export function createPackage(root, { name, uses, description }) {
  const layersFile = 'tooling/layers/layers.json';
  const layers = JSON.parse(readFileSync(join(root, layersFile), 'utf8'));
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new TypeError(`"${name}" is no package name: use lower case and dashes`);
  if (name in layers || existsSync(join(root, 'packages', name))) throw new TypeError(`packages/${name} exists`);
  // The error class that every package begins with is a GridError.
  const used = [...new Set(['common', ...uses])];
  const unknown = used.find((layer) => !(layer in layers));
  if (unknown !== undefined) throw new TypeError(`no layer "${unknown}": there are ${Object.keys(layers).join(', ')}`);

  const words = wordsFor(root, name, description);
  const written = globFiles([template], () => true).map((source) => {
    const path = `packages/${name}/${source.slice(template.length + 1)}`;
    const text = fill(readFileSync(source, 'utf8'), words);
    write(root, path, path.endsWith('/package.json') ? withDependencies(text, used) : text);
    return path;
  });
  write(root, layersFile, `${JSON.stringify({ ...layers, [name]: { uses: used } }, null, 2)}\n`);
  return [...written, layersFile];
}

/** What stands for each placeholder. The version is that of all other packages. */
function wordsFor(root, name, description) {
  const parts = name.split('-');
  return {
    __name__: name,
    __Name__: parts.map((part) => part[0].toUpperCase() + part.slice(1)).join(''),
    __NAME__: parts.join('_').toUpperCase(),
    __description__: description,
    __version__: JSON.parse(readFileSync(join(root, 'packages/common/package.json'), 'utf8')).version,
  };
}

function fill(text, words) {
  return Object.entries(words).reduce((filled, [placeholder, word]) => filled.replaceAll(placeholder, word), text);
}

function withDependencies(text, used) {
  const manifest = JSON.parse(text);
  manifest.dependencies = Object.fromEntries(used.map((layer) => [`@grid/${layer}`, 'workspace:*']));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
