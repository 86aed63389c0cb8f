import { expect, describe, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { numberOf } from './program/case.js';
import { runAll } from './setups/run-all.js';
import { NODES } from './setups/setup.js';
import { setups } from './setups/setups.js';
import { ROWS } from './table/rows.js';
import { complaintOf, type Seen } from './table/seen.js';
import { writeTable } from './table/write-table.js';

const DOCUMENT = new URL('../../docs/functions-cases.md', import.meta.url);

const found = await runAll();

const bySetup = found.setups.map(({ setup, outcomes, keys }) => ({
  title: setup.title,
  keys,
  seen: outcomes.map(({ title, problem }): Seen => ({ title, where: setup.id, problem })),
}));
const onNodes = found.processes.map(({ title, node, problem }): Seen => ({ title, where: `Node ${node}`, problem }));
const allSeen = [...bySetup.flatMap(({ seen }) => seen), ...onNodes];

describe.each(bySetup)('$title', ({ seen, keys: [mine, others] }) => {
  test.each(seen)('$title', (item) => {
    expect(complaintOf(item)).toBe('');
  });

  test('48 another process finds the same keys', () => {
    expect(others).toEqual(mine);
  });
});

describe('processes', () => {
  test.each(onNodes)('$title ($where)', (item) => {
    expect(complaintOf(item)).toBe('');
  });
});

test('48 all versions of Node find the same keys', () => {
  const keys = found.setups.filter(({ setup }) => /^node-\d+$/.test(setup.id)).map((one) => one.keys[0]);
  expect(keys).toEqual(NODES.map(() => keys[0]));
});

test('every case was run, and in every set-up the same ones', () => {
  const numbers = new Set(allSeen.map(numberOf));
  expect([...numbers].sort((a, b) => a - b)).toEqual(ROWS.map((_, i) => i + 1));
  for (const { seen } of bySetup)
    expect(seen.map(({ title }) => title)).toEqual(bySetup[0]?.seen.map(({ title }) => title));
});

test('the table in the documents is what was seen; `pnpm cases:update` writes it', async () => {
  const table = writeTable({
    setups: setups.map(({ id, title, about }) => ({ where: id, title, about })),
    nodes: NODES.map((node) => ({ where: `Node ${node}`, title: `Node ${node}` })),
    seen: allSeen,
  });
  if (process.env['GRID_CASES'] === 'update') await writeFile(DOCUMENT, table);
  expect(await readFile(DOCUMENT, 'utf8')).toBe(table);
});
