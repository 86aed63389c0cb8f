import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { plainPalette } from '../shared/palette.js';
import { batchFiles } from './batch-files.js';
import { countWords } from './count-words.js';
import { findMarkdown } from './find-markdown.js';
import { mergeCounts } from './merge-counts.js';
import { renderReport, totalWords } from './report.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'word-count-'));
  await mkdir(join(folder, '.pnpm', 'b', 'docs'), { recursive: true });
  await writeFile(join(folder, '.pnpm', 'b', 'README.md'), 'The cat and THE dog.');
  await writeFile(join(folder, '.pnpm', 'b', 'docs', 'a.MD'), "Don't the 3 cats?");
  await writeFile(join(folder, '.pnpm', 'b', 'code.js'), 'the the the');
  await symlink(join(folder, '.pnpm', 'b'), join(folder, 'b'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('findMarkdown', () => {
  it('finds each Markdown file once though links lead to it too, in the order of their paths', async () => {
    const found = await findMarkdown(folder);
    expect(found.map(({ path }) => path.slice(path.indexOf('.pnpm')))).toEqual([
      '.pnpm/b/README.md',
      '.pnpm/b/docs/a.MD',
    ]);
    expect(found[0]?.bytes).toBe(20);
  });
});

describe('batchFiles', () => {
  it('keeps the order and every file, and closes a batch once it is full', () => {
    const files = [3, 3, 3, 9, 1].map((bytes, i) => ({ path: String(i), bytes }));
    expect(batchFiles(files, 6)).toEqual([['0', '1'], ['2', '3'], ['4']]);
    expect(batchFiles([], 6)).toEqual([]);
  });
});

describe('the word count', () => {
  it('takes words of letters, whatever their case, over all files', async () => {
    const paths = (await findMarkdown(folder)).map(({ path }) => path);
    const parts = await Promise.all(paths.map((path) => countWords([path])));
    const whole = mergeCounts(parts);
    expect(whole).toEqual(await countWords(paths));
    expect(Object.fromEntries(whole.words)).toEqual({ the: 3, cat: 1, and: 1, dog: 1, "don't": 1, cats: 1 });
    expect(totalWords(whole)).toBe(8);
  });

  it('reports the most frequent words first, and equal ones by name', () => {
    const words = new Map([
      ['b', 1],
      ['a', 1],
      ['c', 4],
    ]);
    expect(renderReport({ files: 1, words }, plainPalette).split('\n')).toEqual([
      'The 3 most frequent words',
      `  c          4  ${'█'.repeat(40)}`,
      `  a          1  ${'█'.repeat(10)}`,
      `  b          1  ${'█'.repeat(10)}`,
      '',
    ]);
  });
});
