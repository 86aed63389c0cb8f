import { expect, it } from '@jest/globals';

import { simulate } from './support/simulation.js';

const WORLDS = 20;

it.each([
  ['D1', 'a worker comes back at its address while tasks are being taken from its former life'],
  ['D2', 'a task is taken from a worker that is about to finish it'],
  ['D3', 'a task is cancelled and wanted again while its thread runs it or its input is on its way'],
  ['D4', 'a task fails under those that wait for it, which are tried again and let go'],
  ['D5', 'a result cannot be fetched from who had it'],
  ['D6', 'a task is first heard of as what another one needs'],
  ['D7', 'the core throws in the middle of a step'],
  ['D7 one turn', 'everything about one task happens within one turn'],
  ['D8', 'a worker runs out of memory and keeps what it was given'],
  ['D9', 'queued tasks are submitted and let go in quick succession'],
  ['D10', 'a worker joins, and another leaves, at a barrier'],
  ['D11', 'workers are retired that alone have a result, or all are restarted'],
  ['D12', 'several wait for one result that does not come from where it was to come from'],
])(
  'ends well when (%s) %s',
  async (name) => {
    const { isGreen, output } = await simulate('--script', name, '--count', String(WORLDS), '--quiet');
    expect({ isGreen, output }).toEqual({ isGreen: true, output });
  },
  60_000,
);

it('ends well when anything happens at any moment of the smallest world', async () => {
  const { isGreen, output } = await simulate('--every-moment', '1');
  expect({ isGreen, output }).toEqual({ isGreen: true, output });
  expect(Number(/^(\d+) worlds/m.exec(output)?.[1])).toBeGreaterThan(200);
}, 120_000);

it('ends well in whichever order things happen in the smallest world, as far as the search is let', async () => {
  const { isGreen, output } = await simulate('--every-order', '.', '--count', '60');
  expect({ isGreen, output }).toEqual({ isGreen: true, output });
  expect(output.match(/^\S+: 60 worlds/gm)).toHaveLength(11);
}, 300_000);
