import { fileURLToPath } from 'node:url';

import { ExampleError } from '../shared/errors.js';
import { readOptions } from '../shared/example-options.js';
import { followFutures } from '../shared/follow-futures.js';
import { mergeTree } from '../shared/merge-tree.js';
import { withClient } from '../shared/open-client.js';
import { paletteFor } from '../shared/palette.js';
import { runExample } from '../shared/run-example.js';
import { secondsSince, workersOf } from '../shared/run-facts.js';
import { batchFiles } from './batch-files.js';
import { countWords } from './count-words.js';
import { findMarkdown, nodeModulesAbove } from './find-markdown.js';
import type { TextFile } from './find-markdown.js';
import { mergeCounts } from './merge-counts.js';
import { renderReport, totalWords } from './report.js';

const ABOUT = 'The most frequent words of all Markdown files under node_modules.';

await runExample(async () => {
  const options = await readOptions(process.argv.slice(2), { name: 'word-count', about: ABOUT });
  const files = await markdownFiles();
  await withClient(options, async (client) => {
    const start = performance.now();
    const parts = client.map(countWords, batchFiles(files));
    const merged = mergeTree(client, parts, mergeCounts);
    const count = await followFutures(client, [...parts, ...merged], 'Words');
    const seconds = secondsSince(start);
    process.stdout.write(renderReport(count, paletteFor(process.stdout)));
    process.stdout.write(
      `\n${totalWords(count).toLocaleString('en-US')} words in ${count.files.toLocaleString('en-US')} files: ` +
        `${seconds} on ${await workersOf(client)}\n`,
    );
  });
});

async function markdownFiles(): Promise<TextFile[]> {
  const root = nodeModulesAbove(fileURLToPath(new URL('.', import.meta.url)));
  const files = root === undefined ? [] : await findMarkdown(root);
  if (files.length > 0) return files;
  throw new ExampleError('GRID_EXAMPLES_NO_INPUT', 'no Markdown files under node_modules: install the workspace first');
}
