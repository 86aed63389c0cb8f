import { FunctionEncoder } from '@grid/protocol';

import type { Session, Workload } from '../workload.js';
import { microWorkload } from './timed-loop.js';

const AWAITS = 100_000;
const ROUNDS = 7;
const CAPTURES = 1000;

/** What it costs to make functions ready to travel, and what that does to the process. */
export function captureWorkloads(): Workload[] {
  return [
    microWorkload(
      'capture-new-closure',
      () => {
        const encoder = new FunctionEncoder();
        return (call) => encoder.capture(adder(call));
      },
      120,
    ),
    microWorkload(
      'capture-known-closure',
      () => {
        const encoder = new FunctionEncoder();
        const known = adder(1);
        return () => encoder.capture(known);
      },
      15,
    ),
    microWorkload(
      'capture-million-numbers',
      () => {
        const encoder = new FunctionEncoder();
        const numbers = Array.from({ length: 1_000_000 }, (_, i) => i / 2);
        return (call) => encoder.capture(() => numbers.length + call);
      },
      50_000,
    ),
    {
      name: 'await-after-captures',
      unit: 'times',
      moreIsBetter: false,
      samples: 5,
      target: { kind: 'at-most', figure: 1.05 },
      grid: openAwaits,
      peers: [],
    },
  ];
}

function adder(offset: number): (x: number) => number {
  return (x) => x + offset;
}

/** How many times as long an `await` takes in a process that has captured functions, with the inspector still open. */
async function openAwaits(): Promise<Session> {
  await awaitMs();
  const before = await awaitMs();
  const encoder = new FunctionEncoder();
  const helper = adder(1);
  for (let i = 0; i < CAPTURES; i += 1) encoder.capture((x: number) => helper(x) + i);
  return {
    sample: async () => (await awaitMs()) / before,
    [Symbol.asyncDispose]: async () => encoder.close(),
  };
}

/** The best of some rounds: what else a machine does only ever takes longer. */
async function awaitMs(): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let i = 0; i < AWAITS; i += 1) await null;
    rounds.push(performance.now() - start);
  }
  return Math.min(...rounds);
}
