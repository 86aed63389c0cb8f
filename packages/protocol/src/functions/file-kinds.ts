import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A package as its manifest names it. */
export interface PackageInfo {
  readonly name: string;
  readonly version: string;
  /** Folder of its `package.json`. */
  readonly root: string;
}

/** Whose code a file holds, which decides how its functions travel. */
export type FileKind =
  /** Node's own: by reference. */
  | { readonly type: 'node' }
  /** Made from text while the program ran: by value. */
  | { readonly type: 'unnamed' }
  /** The user's own: by value. */
  | { readonly type: 'user'; readonly file: string }
  /** A package's, which is installed on workers too: by reference. */
  | { readonly type: 'package'; readonly file: string; readonly info: PackageInfo };

/** Packages of this library travel by reference wherever they lie: in a workspace they are not under `node_modules`. */
const OWN_SCOPE = '@grid/';

/** Scheme of functions that were restored here from somewhere else. */
export const TASK_SCHEME = 'grid-task:';

/** Tells whether a script holds functions that were restored here. */
export function isRestored(url: string): boolean {
  return url.startsWith(TASK_SCHEME);
}

/** A path as it is in the name of a script of restored functions, read back. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Whatever a task has thrown may have any stack.
    return path;
  }
}

/** The file in which restored functions were written, wherever that is; empty if it is not known. */
function restoredFrom(url: string): string {
  const [, path = ''] = /^[^:]+:\/\/\/[0-9a-f]*\/(.*)$/s.exec(decodedPath(url)) ?? [];
  return path === '' || /^[A-Za-z]:/.test(path) ? path : `/${path}`;
}

/** Tells whose code a script is, by its URL or path as the runtime names it. */
export function kindOfFile(url: string): FileKind {
  if (url.startsWith('node:')) return { type: 'node' };
  const file = filePath(url);
  if (file === undefined) return isRestored(url) ? { type: 'user', file: restoredFrom(url) } : { type: 'unnamed' };
  const info = installedPackage(file) ?? ownPackage(file);
  return info === undefined ? { type: 'user', file } : { type: 'package', file, info };
}

/** Tells whether a package is one of this library. */
export function isOwnPackage(name: string): boolean {
  return name.startsWith(OWN_SCOPE);
}

/** The path behind a `file:` URL or a path; `undefined` for all else. */
export function filePath(url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(url.replace(/[?#].*$/, ''));
  return url.startsWith('/') || /^[A-Za-z]:[\\/]/.test(url) ? url : undefined;
}

function installedPackage(file: string): PackageInfo | undefined {
  const marker = `${sep}node_modules${sep}`;
  const at = file.lastIndexOf(marker);
  if (at < 0) return undefined;
  const rest = file.slice(at + marker.length).split(sep);
  const name = rest[0]?.startsWith('@') ? `${rest[0]}/${rest[1] ?? ''}` : (rest[0] ?? '');
  const root = join(file.slice(0, at), 'node_modules', ...name.split('/'));
  return readManifest(root) ?? { name, version: '', root };
}

/** A library package in a workspace: what it builds or is built from, but not its tests, which are a user's program. */
function ownPackage(file: string): PackageInfo | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const info = readManifest(folder);
    if (info !== undefined) {
      const inside = file.slice(info.root.length + 1);
      const isCode = /^(?:dist|src)[\\/]/.test(inside) && !/\.test\.[cm]?[jt]sx?$/.test(inside);
      return isOwnPackage(info.name) && isCode && !info.isPrivate ? info : undefined;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** The manifest in a folder, if there is one with a name. */
export function readManifest(folder: string): (PackageInfo & { readonly isPrivate: boolean }) | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  const { name, version, private: isPrivate } = manifest as { name?: unknown; version?: unknown; private?: unknown };
  if (typeof name !== 'string') return undefined;
  return { name, version: typeof version === 'string' ? version : '', root: folder, isPrivate: isPrivate === true };
}
