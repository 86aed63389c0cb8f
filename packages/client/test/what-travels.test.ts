import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asKey, nullLogger, type LogFields } from '@grid/common';
import { GraphBuilder, type TaskGraph } from '@grid/graph';
import { FunctionEncoder } from '@grid/protocol';

import { Client, explain } from '../src/index.js';
import { FunctionTable } from '../src/shell/function-table.js';
import type { ClientWarning } from '../src/shell/warnings.js';
import { FakeScheduler } from './support/fake-scheduler.js';

const HERE = /\bwhat-travels\.test\.ts:\d+:\d+/;

let scheduler: FakeScheduler;
let client: Client;

beforeEach(async () => {
  ({ scheduler, client } = await FakeScheduler.withClient());
});

afterEach(async () => {
  await client.close();
  await scheduler[Symbol.asyncDispose]();
});

async function thrownBy(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('the stack of a refusal begins where the user called', () => {
  const cell = new WeakMap();
  const fn = (): unknown => cell;
  const graph = (): TaskGraph => {
    const builder = new GraphBuilder();
    builder.call('a', fn, []);
    return builder.build();
  };

  it.each<[string, () => unknown]>([
    ['submit, for a function', () => client.submit(fn, [])],
    ['submit, for an argument', () => client.submit((x: unknown) => x, [cell])],
    ['submit, for an option', () => client.submit((x: number) => x, [1], { retries: -1 })],
    ['map', () => client.map(fn, [1])],
    ['starmap', () => client.starmap(fn, [[]])],
    ['run', async () => client.run(fn)],
    ['scatter', async () => client.scatter([cell])],
    ['submitGraph', () => client.submitGraph(graph(), [asKey('a')])],
    ['compute', async () => client.compute(graph(), [asKey('a')])],
  ])('%s', async (_, call) => {
    const { stack = '', message } = await thrownBy(call);
    const [first = ''] = stack
      .slice(stack.indexOf(message) + message.length)
      .trim()
      .split('\n');
    expect(first).toMatch(HERE);
  });
});

it('an argument that cannot travel is named by its path, also if it is an instance of a class', async () => {
  class Holder {
    readonly cell = new WeakMap();
  }
  const { message } = await thrownBy(() => client.submit((x: unknown) => x, [{ list: [new Holder()] }]));
  expect(message).toMatch(/^cannot serialise arguments\[0\]\.list\[0\]\.cell: it is a WeakMap/);
});

describe('a function that captures much', () => {
  const encoder = new FunctionEncoder();
  const table = new Float64Array(50_000);
  const labels = Array.from({ length: 5000 }, (_, i) => `label ${String(i)}`);
  const small = 7;
  const lookUp = (i: number): unknown => table[i];

  function tableWith(sizes: { readonly warnBytes: number; readonly maxBytes: number }): {
    readonly functions: FunctionTable;
    readonly warnings: ClientWarning[];
  } {
    const warnings: ClientWarning[] = [];
    return { functions: new FunctionTable(encoder, (warning) => void warnings.push(warning), sizes), warnings };
  }

  it('is warned of once, wherever its closures are made, with the variables and what to do', () => {
    const { functions, warnings } = tableWith({ warnBytes: 100_000, maxBytes: Infinity });
    const make = (offset: number): ((i: number) => unknown) => {
      return function score(i) {
        return [offset, small, lookUp(i), labels[i]];
      };
    };
    functions.capture(make(1));
    functions.capture(make(2));
    expect(warnings).toHaveLength(1);
    const { text, fields, code } = warnings[0] as ClientWarning;
    expect(code).toBe('GRID_CLIENT_LARGE_CAPTURE');
    expect(text).toMatch(/^function 'score' \([^)]*what-travels\.test\.ts:\d+\) captures 4\d\d\.\d KiB/);
    expect(text).toMatch(/\n {2}variable 'lookUp → table', Float64Array\(50000\): 390\.\d KiB/);
    expect(text).toMatch(/\n {2}variable 'labels', Array\(5000\): \d\d\.\d KiB/);
    expect(text).toMatch(/\n {2}fix: .*`const \[shared\] = await client\.scatter\(\[table\]\)`/);
    expect(text).not.toMatch(/small|offset/);
    expect(fields['variables']).toEqual([
      expect.objectContaining({ name: 'lookUp → table', bytes: expect.any(Number) }),
      expect.objectContaining({ name: 'labels' }),
    ]);
  });

  it('is not warned of while it captures less', () => {
    const { functions, warnings } = tableWith({ warnBytes: 500_000, maxBytes: Infinity });
    functions.capture(lookUp);
    expect(warnings).toEqual([]);
  });

  it('is refused where it is more than one message holds', () => {
    const { functions, warnings } = tableWith({ warnBytes: 1000, maxBytes: 300_000 });
    expect(() => functions.capture(lookUp)).toThrow(
      expect.objectContaining({
        code: 'GRID_CLIENT_CAPTURE_TOO_LARGE',
        message: expect.stringMatching(
          /^a function may capture 293\.0 KiB at most; function 'lookUp'[^]*client\.scatter/,
        ),
      }),
    );
    expect(warnings).toEqual([]);
  });

  it('is told to the logger, if there is one', async () => {
    const lines: [LogFields, string][] = [];
    const logger = { ...nullLogger, warn: (fields: LogFields, text: string): void => void lines.push([fields, text]) };
    const { transport, address } = scheduler;
    const logging = await Client.connect(address, { token: null, transports: [transport], logger });
    const rows = new Uint8Array(10_000_001);
    logging.submit(() => rows.length, []);
    expect(lines).toEqual([
      [
        expect.objectContaining({
          code: 'GRID_CLIENT_LARGE_CAPTURE',
          bytes: expect.any(Number),
          variables: [expect.objectContaining({ name: 'rows', type: 'Uint8Array(10000001)' })],
        }),
        'a function captures much data',
      ],
    ]);
    await logging.close();
  });
});

describe('explain', () => {
  const rate = 3;
  const score = (x: number): number => x * rate;

  it('is there with a client and without one', () => {
    const [withClient, without] = [client.explain(score), explain(score)];
    expect(withClient.toString()).toBe(without.toString());
    expect(without.root.children).toEqual([expect.objectContaining({ name: 'rate', type: 'number' })]);
  });

  it('takes futures among arguments for the results that they stand for', () => {
    const future = client.submit(score, [1]);
    expect(client.explain([future, score]).problem).toBeUndefined();
    expect(explain({ future }).problem).toBeUndefined();
    expect(explain(() => future).problem).toMatchObject({ reason: 'FUTURE' });
  });
});
