import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file, and how much there is to read. */
export interface TextFile {
  readonly path: string;
  readonly bytes: number;
}

/** More files than this are not looked for: the example shall end soon whatever folder it is started in. */
const FILES_MAX = 20_000;

/**
 * Finds the Markdown files under a `node_modules` folder, each once, in the order of their paths.
 *
 * Links are not followed: pnpm's links lead to folders that lie under `.pnpm` of the same `node_modules` anyway, where
 * they are real, and workspace links lead out of it. npm's flat folders have no links that matter.
 */
export async function findMarkdown(root: string): Promise<TextFile[]> {
  const found: TextFile[] = [];
  const pending = [await realpath(root)];
  for (let folder = pending.pop(); folder !== undefined && found.length < FILES_MAX; folder = pending.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.md'));
    for (const { name } of files) {
      const path = join(folder, name);
      found.push({ path, bytes: (await stat(path)).size });
    }
    pending.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name)));
  }
  // By code unit: the same order on every machine, whatever its language and file system.
  return found.slice(0, FILES_MAX).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The `node_modules` nearest above `start` that holds more than links: pnpm keeps the real packages at the top. */
export function nodeModulesAbove(start: string): string | undefined {
  const candidates: string[] = [];
  for (let folder = start; ; folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules');
    if (existsSync(join(candidate, '.pnpm'))) return candidate;
    if (existsSync(candidate)) candidates.push(candidate);
    if (folder === join(folder, '..')) return candidates[0];
  }
}
