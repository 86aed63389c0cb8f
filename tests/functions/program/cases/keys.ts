/* 48: keys of tasks. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CallableValue } from '@grid/protocol';
import type { Case } from '../case.js';
import { double, viaMore } from '../own/helpers.js';
import { Circle } from '../own/shapes.js';
import type { Library } from '../world.js';

const circle = new Circle(2);
const scale = (k: number) => (x: number) => x * k;
/** Two helpers that differ in their bodies alone. */
const helperOf = (body: string): CallableValue => {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a body that differs and nothing else
  const helper = new Function('x', body) as CallableValue;
  return (x) => helper(x);
};

/** Keys that some tasks would have, which another process has to find too. */
export function keysOfThisProcess({ protocol }: Library): (string | undefined)[] {
  const encoder = new protocol.FunctionEncoder();
  const hashOf = (fn: CallableValue): string | undefined => encoder.hashOf(fn);
  const functions = [(x: number) => double(x), viaMore, () => circle.describe(), scale(3)] as CallableValue[];
  const values = [[1, 'a'], { b: 1, a: 2 }, circle, [scale(2)], new Float64Array([1, 2])];
  return [...functions.map(hashOf), ...values.map((value) => protocol.tokenize([value], 'f', { hashOf }))];
}

function differ(keys: readonly (string | undefined)[]): void {
  if (keys.includes(undefined) || new Set(keys).size !== keys.length) throw new Error(`keys are ${keys.join(', ')}`);
}

export const keys: readonly Case[] = [
  {
    title: '48 equal functions and arguments have one key, others have another',
    run: ({ client }) => {
      using one = client.submit(scale(2), [1]);
      using same = client.submit(scale(2), [1]);
      using otherCapture = client.submit(scale(3), [1]);
      using otherArgument = client.submit(scale(2), [2]);
      if (one.key !== same.key) throw new Error(`keys are ${one.key} and ${same.key}`);
      differ([one.key, otherCapture.key, otherArgument.key]);
    },
  },
  {
    title: '48 another body of a helper is another key',
    run: ({ lib }) => {
      const encoder = new lib.protocol.FunctionEncoder();
      differ(['return x', 'return x + 1'].map((body) => encoder.hashOf(helperOf(body))));
    },
  },
  {
    title: '48 another version of a package is another key',
    run: ({ lib, connection }) => {
      const encoder = new lib.protocol.FunctionEncoder();
      const hashes = ['versioned-1', 'versioned-2'].map((folder) => {
        const load = createRequire(join(connection.folder, folder, 'x.js'));
        const { triple } = load('versioned') as { triple: (x: number) => number };
        return encoder.hashOf((x: number) => triple(x));
      });
      differ(hashes);
    },
  },
];
