/* 51, 54 and 56: what capturing does to a process, what must not be captured, and modules instead. */
import { join } from 'node:path';
import type { ConnectOptions } from '@grid/client';
import type { Case } from '../case.js';
import type { World } from '../world.js';

type Logger = NonNullable<ConnectOptions['logger']>;

async function awaitsPerMs(): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < 10_000; i++) await null;
    rounds.push(10_000 / (performance.now() - start));
  }
  return rounds.sort((a, b) => b - a)[0] as number;
}

/** Counts what is logged as a warning. */
function countWarnings(): { readonly texts: string[]; readonly logger: Logger } {
  const texts: string[] = [];
  const silent = (): void => {};
  const warn = (fields: object, text: string): void => void texts.push(`${text} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: silent, info: silent, error: silent, warn, child: () => logger };
  return { texts, logger };
}

/** A function of a file of the program, which is sent with all that it imports. */
function moduleTask({ lib, connection }: World, name: string, exported: string): (x: number) => number {
  const file = `./own/${name}${connection.ending}`;
  return lib.client.moduleTask(join(connection.folder, 'main'), file, exported) as (x: number) => number;
}

export const limits: readonly Case[] = [
  {
    title: '51 awaiting is as fast after hundreds of captures',
    run: async ({ lib }) => {
      const before = await awaitsPerMs();
      const encoder = new lib.protocol.FunctionEncoder();
      const helper = (x: number): number => x;
      for (let i = 0; i < 300; i++) encoder.capture((x: number) => helper(x) + i);
      let after = await awaitsPerMs();
      // With the debugger on it would be a tenth, however often one tries; anything else slows a process for a while.
      for (let again = 0; again < 20 && after < before / 3; again++) after = await awaitsPerMs();
      encoder.close();
      if (after < before / 3) throw new Error(`${before} awaits a millisecond before, ${after} after`);
    },
  },
  {
    title: '54 module with its helpers and its state',
    run: async (world) => {
      const [first, again] = [moduleTask(world, 'jobs', 'train'), moduleTask(world, 'jobs', 'isTrained')];
      const result = await world.call(first, 2);
      if (result !== 15) throw new Error(`gives ${String(result)}`);
      const trained = await world.call(again, 2);
      if (trained !== true) throw new Error('the state of the module is gone');
    },
  },
  {
    title: '54 module that connects a client while it is loaded',
    run: async (world) => {
      const error: unknown = await world
        .call(moduleTask(world, 'entry', 'train'), 2)
        .catch((thrown: unknown) => thrown);
      const { code, message } = error as { code?: unknown; message: string };
      const isTold = /connect a client while a worker loads 'entry\.\w+'.*file of their own/.test(message);
      if (code !== 'GRID_COMMON_MODULE_LOAD' || !isTold) throw error;
    },
  },
  {
    title: '56 captured future',
    refused: 'FUTURE',
    says: /pass it as an argument/,
    run: async ({ client, call }) => {
      using future = client.submit(() => 1, []);
      await call(() => future.key);
    },
  },
  {
    title: '56 captured client',
    refused: 'CLIENT',
    says: /inside the task/,
    run: async ({ client, call }) => call(() => client.id),
  },
  {
    title: '56 more than 10 MB captured warn once, by name',
    run: async ({ lib, connection }) => {
      const { texts, logger } = countWarnings();
      const { address, token, worker: workers } = connection;
      const client = await lib.client.Client.connect(address, { token, logger });
      try {
        const elevenMegabytes = new Uint8Array(11e6);
        const length = (): number => elevenMegabytes.length;
        for (const key of ['one', 'two']) {
          using future = client.submit(length, [], { workers, key: `${connection.setup}-${key}` });
          await future.result();
        }
      } finally {
        await client.close();
      }
      const named = texts.filter((text) => text.includes('elevenMegabytes'));
      if (named.length !== 1) throw new Error(`warns ${named.length} times`);
    },
  },
];
