import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import type { Files } from './setup.js';

/** All TypeScript in a folder. */
export async function readTypeScript(folder: string): Promise<Files> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /(?<!\.d)\.ts$/.test(name));
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** JavaScript in files `.mjs`, without a trace of TypeScript. */
export async function asModules(files: Files): Promise<Files> {
  const entries = Object.entries(files).map(async ([name, text]) => {
    const { code } = await transform(text, { loader: 'ts', target: 'node20' });
    return [name.replace(/\.ts$/, '.mjs'), code.replaceAll(/((?:from |import\()"\.[^"]*)\.js"/g, '$1.mjs"')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Writes files, with the folders that they need. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  const writes = Object.entries(files).map(async ([name, text]) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  });
  await Promise.all(writes);
}
