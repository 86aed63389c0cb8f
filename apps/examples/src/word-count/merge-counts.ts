import type { WordCount } from './count-words.js';

/** Adds counts of parts up, without a change to the parts: they are results that others may still be handed. */
export function mergeCounts(parts: readonly WordCount[]): WordCount {
  const words = new Map<string, number>();
  let files = 0;
  for (const part of parts) {
    files += part.files;
    for (const [word, times] of part.words) words.set(word, (words.get(word) ?? 0) + times);
  }
  return { files, words };
}
