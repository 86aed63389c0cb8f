import { readFile } from 'node:fs/promises';

/** How often each word occurs, and in how much text. */
export interface WordCount {
  readonly files: number;
  readonly words: Map<string, number>;
}

/** Letters, with an apostrophe inside, so that `don't` is one word. */
const WORD = /\p{L}+(?:['’]\p{L}+)*/gu;

/** Counts the words of some files: the work of one task. Capital letters do not matter. */
export async function countWords(paths: readonly string[]): Promise<WordCount> {
  const words = new Map<string, number>();
  for (const path of paths) {
    const text = (await readFile(path, 'utf8')).toLowerCase();
    for (const [word] of text.matchAll(WORD)) words.set(word, (words.get(word) ?? 0) + 1);
  }
  return { files: paths.length, words };
}
