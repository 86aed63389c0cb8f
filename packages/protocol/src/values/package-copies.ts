import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { types } from 'node:util';

/** How a package was loaded: many have a copy for `require` and another one for `import`, with classes of their own. */
export type CopyKind = 'cjs' | 'esm';

/** All of {@link CopyKind}. */
export const COPY_KINDS: readonly CopyKind[] = ['esm', 'cjs'];

/** How the copy of a package was loaded that a class is from. Only what `require` has loaded can be looked through. */
export function copyKindOf(owner: unknown, packageName: string): CopyKind {
  const { cache } = createRequire(import.meta.url);
  const folder = `${sep}node_modules${sep}${packageName.replaceAll('/', sep)}${sep}`;
  for (const [file, module] of Object.entries(cache)) {
    if (file.includes(folder) && exportsIt(module?.exports, owner)) return 'cjs';
  }
  return 'esm';
}

function exportsIt(exported: unknown, owner: unknown): boolean {
  if (exported === owner) return true;
  // `require` can load modules of the other kind too, and they are what `import` gives.
  if (typeof exported !== 'object' || exported === null || types.isModuleNamespaceObject(exported)) return false;
  for (const key of Object.keys(exported)) {
    // Many transpilers export by getters; asking all of them might load modules that nobody has needed so far.
    const property = Object.getOwnPropertyDescriptor(exported, key);
    if (property?.value === owner) return true;
    if (property?.get !== undefined && key === (owner as { name?: unknown } | null)?.name) {
      if (Reflect.get(exported, key) === owner) return true;
    }
  }
  return false;
}
