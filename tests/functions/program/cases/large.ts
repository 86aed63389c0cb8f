/* 25, 42 and 44 to 46: much data, deep data, many functions. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Table, tableFromArrays } from 'apache-arrow';
import type { Case } from '../case.js';

const MB = 1e6;
const BIG = 100 * MB;
/** A copy of the buffer would take 100 MB; what else happens meanwhile takes far less. */
const SMALL = 60 * MB;

interface Nested {
  next?: Nested | undefined;
}
function nested(levels: number): Nested {
  let list: Nested = {};
  for (let i = 1; i < levels; i++) list = { next: list };
  return list;
}
function depthOf(list: Nested): number {
  let n = 0;
  for (let at: Nested | undefined = list; at !== undefined; at = at.next) n++;
  return n;
}
const deep = nested(10_000);
const million = Array.from({ length: 1e6 }, (_, i) => i);

const table = tableFromArrays({ a: Float64Array.from({ length: 100_000 }, (_, i) => i), b: new Int32Array(100_000) });

/** The most memory that this process has while it waits, beyond what it had before. */
async function memoryDuring(work: () => Promise<unknown>): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, process.memoryUsage.rss()) - before;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

export const large: readonly Case[] = [
  {
    title: '25 100 MB captured are not copied',
    run: async ({ call }) => {
      const bytes = Buffer.alloc(BIG, 7);
      const used = await memoryDuring(async () => {
        if ((await call(() => bytes.length + (bytes.at(-1) ?? 0))) !== BIG + 7) throw new Error('other bytes came');
      });
      if (used > SMALL) throw new Error(`took ${Math.round(used / MB)} MB more`);
    },
  },
  {
    title: '25 100 MB as an argument are not copied',
    run: async ({ call }) => {
      const bytes = Buffer.alloc(BIG, 8);
      const used = await memoryDuring(async () => {
        const seen = await call((b: Buffer) => b.length + (b.at(-1) ?? 0), bytes);
        if (seen !== BIG + 8) throw new Error('other bytes came');
      });
      if (used > SMALL) throw new Error(`took ${Math.round(used / MB)} MB more`);
    },
  },

  { title: '42 captured table', fn: () => [table.numRows, table.get(9)?.toJSON()], expect: [100_000, { a: 9, b: 0 }] },
  {
    title: '42 table as an argument and as a result',
    fn: (t: Table) => t.select(['a']),
    args: [table],
    check: (t: Table) => t instanceof Table && t.numRows === 100_000 && t.numCols === 1 && t.get(7)?.['a'] === 7,
  },
  {
    title: '42 buffers of a table are not copied',
    run: ({ lib }) => {
      const payload = lib.protocol.encodeValue(table, { code: new lib.protocol.FunctionEncoder() });
      const own = new Set(
        table.data.flatMap(({ children }) => children.map(({ values }) => (values as Uint8Array).buffer)),
      );
      const sent = payload.buffers.filter(({ buffer }) => own.has(buffer as ArrayBuffer));
      if (sent.length !== 2 || payload.body.length > 20_000)
        throw new Error(`sends ${payload.body.length} bytes besides`);
    },
  },
  {
    title: '42 of a slice of a table only the slice is sent',
    run: ({ lib }) => {
      const slice = table.slice(50_000, 50_010);
      const { payloadBytes, encodeValue, FunctionEncoder } = lib.protocol;
      const bytes = payloadBytes(encodeValue(slice, { code: new FunctionEncoder() }));
      if (bytes > 20_000) throw new Error(`sends ${bytes} bytes`);
    },
  },

  { title: '44 10 000 levels captured', fn: () => depthOf(deep), expect: 10_000 },
  { title: '44 10 000 levels as an argument', fn: depthOf, args: [deep], expect: 10_000 },
  {
    title: '44 10 000 levels as a result',
    fn: nested,
    args: [10_000],
    check: (list: Nested) => depthOf(list) === 10_000,
  },
  { title: '44 a million numbers captured', fn: () => million.length + (million[5] ?? 0), expect: 1_000_005 },
  { title: '44 a million numbers as an argument', fn: (xs: number[]) => xs.length, args: [million], expect: 1e6 },

  {
    title: '45 a thousand fresh closures keep no memory and share one text',
    run: async ({ lib }) => {
      const texts = new Set<string>();
      const encoder = new lib.protocol.FunctionEncoder();
      const decoder = new lib.protocol.FunctionDecoder({ root: '/', mayEvaluate: (hash) => texts.add(hash).size > 0 });
      const capture = async (i: number): Promise<void> => {
        const fn = (await decoder.load(encoder.capture((x: number) => x + i))) as (x: number) => number;
        if (fn(1) !== i + 1) throw new Error(`closure ${i} gives ${String(fn(1))}`);
      };
      for (let i = 0; i < 200; i++) await capture(i);
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 800; i++) await capture(i);
      collectGarbage();
      const kept = process.memoryUsage().heapUsed - before;
      encoder.close();
      if (kept > 2 * MB || texts.size !== 1) throw new Error(`keeps ${kept} bytes and has ${texts.size} texts`);
    },
  },
];
