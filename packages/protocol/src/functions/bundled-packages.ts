import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import type { PlaceFinder } from './place-finder.js';

/** What bundlers write above each module, where they do not minify. */
const MODULE_COMMENT = /^\/\/ (\S+\.[cm]?[jt]sx?)$/;

/** The package that a path leads into, or nothing for a user's own file. */
export function packageInPath(path: string): string | undefined {
  return /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)?.[1]?.replace('\\', '/');
}

/** The package from which a line of a bundle came, by the comments of the bundler. */
export function packageAbove(source: string, line: number): string | undefined {
  const lines = source.split('\n');
  for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
    const path = MODULE_COMMENT.exec(lines[at] ?? '')?.[1];
    if (path !== undefined) return packageInPath(path);
  }
  return undefined;
}

/**
 * The refusal for something inside of a package that was bundled into the program: there the package goes by value, and
 * what to do is not to change its code.
 *
 * @param fns - the functions that lead there, innermost first
 */
export function toldAsBundled(refusal: Refusal, fns: readonly CallableValue[], places: PlaceFinder): Refusal {
  for (const fn of fns) {
    const origin = places.bundleOriginOf(fn);
    if (origin === undefined) continue;
    if (origin.package === undefined) return refusal;
    return new Refusal(
      'BUNDLED',
      `${refusal.what}, inside of package '${origin.package}', which was bundled into the program`,
      `mark packages as external where the program is bundled: workers then import '${origin.package}' themselves`,
      refusal.cause,
    );
  }
  return refusal;
}
