import { expect, test } from '@jest/globals';
import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import {
  decodeValue,
  encodeValue,
  FunctionDecoder,
  needsPreparation,
  payloadBytes,
  tokenize,
} from '../../src/index.js';

const decoder = new FunctionDecoder({ root: process.cwd() });

async function roundTrip<T>(value: T): Promise<T> {
  const payload = encodeValue(value);
  await decoder.prepare(payload);
  // What comes back is what was sent.
  return decodeValue(payload) as T;
}

/** What a program sees of a column, and the classes that it meets. */
function shown(vector: arrow.Vector): unknown {
  const { type } = vector;
  // Spread, since one of the types calls itself `Date` and is taken for one by matchers.
  return {
    type: [type.constructor, { ...type }],
    values: Array.from(vector, plain),
    nulls: vector.nullCount,
    chunks: vector.data.length,
  };
}

function plain(value: unknown): unknown {
  if (value instanceof arrow.Vector) return Array.from(value as Iterable<unknown>, plain);
  if (value instanceof arrow.StructRow || value instanceof arrow.MapRow) {
    return Object.fromEntries(Object.entries(value.toJSON()).map(([key, part]) => [key, plain(part)]));
  }
  return value;
}

const field = (type: arrow.DataType, name = 'item'): arrow.Field => new arrow.Field(name, type, true);
const words = ['one', null, 'a longer text than fits into a view', '', 'ü', 'six', null, 'eight', 'nine', 'ten'];
const numbers = [1, 2, null, 4, 5, 6, null, 8, 9, 10];

/** Enough of them that a slice of a column is much smaller than the column. */
const REPEATED = 60;

/** Types of columns with values of theirs. */
const columns: Record<string, readonly [arrow.DataType, readonly unknown[]]> = {
  nothing: [new arrow.Null(), [null, null]],
  int8: [new arrow.Int8(), numbers],
  int32: [new arrow.Int32(), numbers],
  int64: [new arrow.Int64(), [1n, null, 2n ** 60n]],
  uint16: [new arrow.Uint16(), numbers],
  float32: [new arrow.Float32(), [1.5, null, -0]],
  float64: [new arrow.Float64(), [1.5, null, NaN]],
  bool: [new arrow.Bool(), [true, null, false, true, true, false, true]],
  text: [new arrow.Utf8(), words],
  'large text': [new arrow.LargeUtf8(), words],
  'text views': [new arrow.Utf8View(), words],
  binary: [new arrow.Binary(), [new Uint8Array([1, 2]), null, new Uint8Array(0)]],
  'fixed binary': [new arrow.FixedSizeBinary(2), [new Uint8Array([1, 2]), null]],
  decimal: [new arrow.Decimal(2, 10), [new Uint32Array([7, 0, 0, 0]), null]],
  day: [new arrow.DateDay(), [new Date(864e5), null]],
  timestamp: [new arrow.TimestampMillisecond('Europe/Berlin'), [new Date(5), null]],
  time: [new arrow.TimeSecond(), [5, null]],
  duration: [new arrow.DurationSecond(), [5n, null]],
  interval: [new arrow.IntervalDayTime(), [new Int32Array([1, 2]), null]],
  dictionary: [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), words],
  list: [new arrow.List(field(new arrow.Int32())), [[1, 2], null, [], [3]]],
  'list of lists': [new arrow.List(field(new arrow.List(field(new arrow.Utf8())))), [[['a', 'b'], []], null, [['c']]]],
  'fixed list': [new arrow.FixedSizeList(2, field(new arrow.Float64())), [[1, 2], null, [3, 4]]],
  struct: [
    new arrow.Struct([field(new arrow.Int32(), 'a'), field(new arrow.Utf8(), 'b')]),
    [{ a: 1, b: 'x' }, null, { a: 2, b: 'y' }],
  ],
  map: [
    new arrow.Map_(
      // The typings ask for the names of the two fields as types.
      field(new arrow.Struct([field(new arrow.Utf8(), 'key'), field(new arrow.Int32(), 'value')]), 'entries') as never,
    ),
    [new Map([['a', 1]]), null, new Map(Object.entries({ b: 2, c: 3 }))],
  ],
};

function makeVector([type, values]: readonly [arrow.DataType, readonly unknown[]], times: number): arrow.Vector {
  return arrow.vectorFromArray(Array.from({ length: times }, () => values).flat(1), type);
}

test.each(Object.entries(columns))('a vector of %s comes back as it was', async (_, column) => {
  const vector = makeVector(column, 1);
  const back = await roundTrip(vector);
  expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(vector));
  expect(back).toBeInstanceOf(arrow.Vector);
  expect(shown(back)).toStrictEqual(shown(vector));
});

test.each(Object.entries(columns))('any slice of a vector of %s comes back as it was', async (_, column) => {
  const vector = makeVector(column, REPEATED).concat(makeVector(column, REPEATED));
  await fc.assert(
    fc.asyncProperty(fc.nat(vector.length), fc.nat(vector.length), async (from, to) => {
      const slice = vector.slice(Math.min(from, to), Math.max(from, to));
      expect(shown(await roundTrip(slice))).toStrictEqual(shown(slice));
    }),
    { numRuns: 30 },
  );
});

test.each([arrow.UnionMode.Sparse, arrow.UnionMode.Dense])(
  'unions of mode %d come back, and their slices',
  async (mode) => {
    const fields = [field(new arrow.Int32(), 'i'), field(new arrow.Utf8(), 't')];
    const isDense = mode === arrow.UnionMode.Dense;
    const type = isDense ? new arrow.DenseUnion([0, 1], fields) : new arrow.SparseUnion([0, 1], fields);
    const rows = 400;
    const typeIds = Int8Array.from({ length: rows }, (_, i) => i % 2);
    const ints = arrow.vectorFromArray(
      Array.from({ length: rows }, (_, i) => i),
      new arrow.Int32(),
    ).data[0] as arrow.Data;
    const texts = arrow.vectorFromArray(
      Array.from({ length: rows }, (_, i) => `t${i}`),
      new arrow.Utf8(),
    ).data[0] as arrow.Data;
    const data = arrow.makeData({
      type: type as arrow.DenseUnion,
      typeIds,
      ...(isDense ? { valueOffsets: Int32Array.from({ length: rows }, (_, i) => i) } : {}),
      children: [ints, texts],
    } as never);
    const vector = new arrow.Vector([data as arrow.Data]);
    for (const part of [vector, vector.slice(100, 110), vector.slice(399, 400), vector.slice(0, 0)]) {
      expect(shown(await roundTrip(part))).toStrictEqual(shown(part));
    }
  },
);

function bigTable(rows: number): arrow.Table {
  const texts = arrow.vectorFromArray(
    Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : `row number ${i}`)),
    new arrow.Utf8(),
  );
  const views = arrow.vectorFromArray(
    Array.from({ length: rows }, (_, i) => `a text as a view ${i}`),
    new arrow.Utf8View(),
  );
  const lists = arrow.vectorFromArray(
    Array.from({ length: rows }, (_, i) => [i, i + 1]),
    new arrow.List(field(new arrow.Int32())),
  );
  const flags = arrow.vectorFromArray(
    Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? null : i % 2 === 0)),
    new arrow.Bool(),
  );
  return new arrow.Table({
    id: arrow.makeVector(Int32Array.from({ length: rows }, (_, i) => i)),
    texts,
    views,
    lists,
    flags,
  });
}

test('a table comes back with its schema, batches and metadata', async () => {
  const schema = new arrow.Schema(
    [new arrow.Field('x', new arrow.Int32(), true, new Map([['unit', 'm']]))],
    new Map([['from', 'test']]),
  );
  const batch = (from: number): arrow.RecordBatch => {
    const x = arrow.vectorFromArray([from, null, from + 2], new arrow.Int32()).data[0] as arrow.Data;
    return new arrow.RecordBatch(
      schema,
      arrow.makeData({ type: new arrow.Struct(schema.fields), children: [x] }),
      new Map([['n', String(from)]]),
    );
  };
  const table = new arrow.Table(schema, [batch(0), batch(10)]);
  const back = await roundTrip(table);
  expect(back).toBeInstanceOf(arrow.Table);
  expect(back).toStrictEqual(table);
  expect(back.toArray().map(String)).toEqual(table.toArray().map(String));
  expect(back.batches.map(({ metadata }) => metadata?.get('n'))).toEqual(['0', '10']);
  expect(back.schema.fields[0]?.metadata.get('unit')).toBe('m');
  expect(await roundTrip(table.batches[1])).toStrictEqual(table.batches[1]);
  expect(arrow.tableFromIPC(arrow.tableToIPC(back)).toString()).toBe(table.toString());
});

test('a table read from its file format comes back, and its buffers are not copied', async () => {
  const table = arrow.tableFromIPC(arrow.tableToIPC(bigTable(5000), 'file'));
  const payload = encodeValue(table);
  const memory = table.batches[0]?.data.children[0]?.values?.buffer;
  expect(payload.buffers.every(({ buffer, length }) => buffer === memory || length === 0)).toBe(true);
  expect(payloadBytes(payload)).toBeLessThan((memory?.byteLength ?? 0) * 1.05);
  await decoder.prepare(payload);
  const back = decodeValue(payload) as arrow.Table;
  expect(back.batches[0]?.data.children[0]?.values?.buffer).toBe(memory);
  expect(back.toArray().map(String)).toEqual(table.toArray().map(String));
});

test('ten rows of a large table send ten rows', async () => {
  const table = bigTable(50_000);
  const whole = payloadBytes(encodeValue(table));
  for (const from of [0, 25_003, 49_990]) {
    const slice = table.slice(from, from + 10);
    const payload = encodeValue(slice);
    expect(payloadBytes(payload)).toBeLessThan(4000);
    expect(whole).toBeGreaterThan(3_000_000);
    expect((await roundTrip(slice)).toArray().map(String)).toEqual(slice.toArray().map(String));
  }
});

test('a dictionary that several batches share is sent once and stays one', async () => {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
  const vector = arrow.vectorFromArray(
    Array.from({ length: 3000 }, (_, i) => `category ${i % 1000}`),
    type,
  );
  const table = new arrow.Table({
    c: new arrow.Vector([0, 1, 2].map((i) => vector.slice(i * 1000, i * 1000 + 1000).data[0] as arrow.Data)),
  });
  const back = await roundTrip(table);
  const dictionaries = back.batches.map(({ data }) => data.children[0]?.dictionary);
  expect(dictionaries).toHaveLength(3);
  expect(new Set(dictionaries).size).toBe(1);
  expect(back.getChild('c')?.toArray()).toEqual(table.getChild('c')?.toArray());
  expect(arrow.tableFromIPC(arrow.tableToIPC(back)).numRows).toBe(3000);
});

test('a memoized vector stays one', async () => {
  const plainBack = await roundTrip(arrow.vectorFromArray(words, new arrow.Utf8()).memoize());
  expect(plainBack.isMemoized).toBe(true);
  const coded = arrow.vectorFromArray(words, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())).memoize();
  expect((await roundTrip(coded)).isMemoized).toBe(true);
});

test.each([
  ['a schema', () => new arrow.Schema([field(new arrow.List(field(new arrow.Utf8())))])],
  ['a field', () => field(new arrow.Timestamp(arrow.TimeUnit.NANOSECOND, 'UTC'))],
  ['a type', () => new arrow.Decimal(3, 30)],
  ['a chunk', () => arrow.vectorFromArray([1, 2, 3], new arrow.Int32()).data[0]],
])('%s alone comes back', async (_, make) => {
  expect(await roundTrip(make())).toStrictEqual(make());
});

test('a table without columns or rows comes back', async () => {
  const back = await roundTrip(new arrow.Table());
  expect(back).toBeInstanceOf(arrow.Table);
  expect([back.numRows, back.numCols]).toEqual([0, 0]);
  const rowless = bigTable(10).slice(0, 0);
  expect((await roundTrip(rowless)).schema).toStrictEqual(rowless.schema);
});

test('a payload says whether it needs a package', () => {
  expect(needsPreparation(encodeValue([new arrow.Table()]))).toBe(true);
  expect(needsPreparation(encodeValue([1]))).toBe(false);
});

test('tokens of tables come from their content, not from where it lies nor from ids that a process counts up', () => {
  const make = (from: number): arrow.Table => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    return new arrow.Table({ c: arrow.vectorFromArray(['x', 'y'], type), n: arrow.makeVector(Int32Array.of(from, 2)) });
  };
  expect(tokenize(make(1))).toMatch(/^[0-9a-f]{32}$/);
  expect(tokenize(make(1))).toBe(tokenize(make(1)));
  expect(tokenize(make(1))).not.toBe(tokenize(make(2)));
});

test('bytes that claim to be a table and are none are refused', async () => {
  await decoder.prepare(encodeValue(new arrow.Table()));
  const { body } = encodeValue(new arrow.Table({ x: arrow.makeVector(Int32Array.of(1, 2, 3)) }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      (edits) => {
        const bytes = body.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        try {
          decodeValue({ body: bytes, buffers: [] });
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^GRID_PROTOCOL_(?:BAD_VALUE|DESERIALIZE)$/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
