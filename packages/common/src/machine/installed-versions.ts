import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The versions of packages that modules in `folder` would import; `null` for one that is not there. Nothing is loaded.
 *
 * @param names - of packages, such as `lodash` or `@scope/name`
 */
export function installedVersions(folder: string, names: readonly string[]): Record<string, string | null> {
  const places = createRequire(join(folder, 'module.js'));
  return Object.fromEntries(names.map((name) => [name, versionAt(places.resolve.paths(name) ?? [], name)]));
}

function versionAt(folders: readonly string[], name: string): string | null {
  for (const folder of folders) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch (error) {
      // Not in this folder; the next one is further up.
      void error;
    }
  }
  return null;
}
