import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { globFilesEverywhere } from '../scripts/glob-files.mjs';
import { reachableDeclarations, specifiersIn } from '../scripts/reachable-declarations.mjs';

/**
 * What the code in `dist`, and the declarations that its `exports` lead to, import without the package depending on it:
 * works in this workspace, fails for everybody else. Declarations that nobody can reach do nobody harm.
 */
export function foreignImports(folder, manifest) {
  const { name, exports = {}, dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
  const known = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })]);
  const code = globFilesEverywhere(`${folder}/dist`, (path) => path.endsWith('.js'));
  const entries = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [join(folder, types)]));
  return [...code, ...reachableDeclarations(entries)].flatMap((file) =>
    packagesIn(file)
      .filter((specifier) => !known.has(specifier))
      .map((specifier) => `${file} imports ${specifier}, which ${folder}/package.json does not depend on`),
  );
}

function packagesIn(file) {
  const names = specifiersIn(file)
    .filter(
      (specifier) => !/^[./#]/.test(specifier) && !specifier.startsWith('node:') && !builtinModules.includes(specifier),
    )
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(names)];
}
