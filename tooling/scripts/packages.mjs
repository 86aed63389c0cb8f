import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The published packages and apps, each with its folder and manifest. Paths are relative to the root. */
export function publishedPackages(parents = ['packages', 'apps']) {
  return parents
    .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(`${folder}/package.json`))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** Where `pack.mjs` puts a package. */
export function tarballOf({ name, version }) {
  return `temp/tarballs/${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}
