import { bar } from '../shared/bar.js';
import type { Palette } from '../shared/palette.js';
import { topOf } from '../shared/top-of.js';
import type { WordCount } from './count-words.js';

const TOP = 20;
const BAR_CHARACTERS = 40;

/** What the count says, as text for a terminal. */
export function renderReport({ words }: WordCount, palette: Palette): string {
  const top = topOf(TOP, words, (times) => times);
  const most = top[0]?.[1] ?? 1;
  const widest = Math.max(0, ...top.map(([word]) => word.length));
  return [
    palette.bold(`The ${top.length} most frequent words`),
    ...top.map(
      ([word, times]) =>
        `  ${word.padEnd(widest)}  ${times.toLocaleString('en-US').padStart(9)}  ${palette.cyan(bar(times / most, BAR_CHARACTERS))}`,
    ),
    '',
  ].join('\n');
}

/** Words in all, each occurrence counted. */
export function totalWords({ words }: WordCount): number {
  let total = 0;
  for (const times of words.values()) total += times;
  return total;
}
