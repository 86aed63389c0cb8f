import { expect, it } from '@jest/globals';

import { simulate } from './support/simulation.js';

const WORLDS = 300;

/** A bug in each of these shows within so many worlds. What stands in no list is in `docs/simulation.md`, with the reason. */
const STEPS = [
  'released->waiting proposes nothing',
  'released->memory tells nobody',
  'released->erred tells nobody',
  'released->erred proposes nothing',
  'released->forgotten tells nobody',
  'released->forgotten proposes nothing',
  'waiting->released proposes nothing',
  'waiting->processing tells nobody',
  'no-worker->processing tells nobody',
  'queued->processing tells nobody',
  'processing->released tells nobody',
  'processing->released proposes nothing',
  'processing->memory tells nobody',
  'processing->memory proposes nothing',
  'processing->erred tells nobody',
  'processing->erred proposes nothing',
  'memory->released tells nobody',
  'memory->forgotten tells nobody',
  'memory->forgotten proposes nothing',
];

const WORDS = [
  "the scheduler's computeTask is lost",
  "the scheduler's freeKeys is lost",
  "the scheduler's removeReplica is lost",
  "the scheduler's keyInMemory is lost",
  "the scheduler's keyErred is lost",
  "the scheduler's keyCancelled is lost",
  "a worker's taskFinished is lost",
  "a worker's taskErred is lost",
  "a worker's rescheduleTask is lost",
  "a worker's stealResponse is lost",
  "a worker's addKeys is lost",
  'a value stays that is dropped',
];

it.each([
  ['step of a task', STEPS],
  ['word between two', WORDS],
])(
  `finds a bug that is planted in a %s within ${String(WORLDS)} worlds`,
  async (_, names) => {
    const pattern = `^(${names.join('|')})$`;
    const { output } = await simulate('--planted', pattern, '--count', String(WORLDS));
    const found = [...output.matchAll(/^found (.*?) \|/gm)].map(([, name]) => name);
    expect(found.sort()).toEqual([...names].sort());
  },
  300_000,
);
