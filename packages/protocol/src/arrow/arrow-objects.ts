/* What is used of apache-arrow's objects. The package itself is imported nowhere: it need not be installed. */

/** The buffers in which Arrow keeps offsets: 32 or 64 bits each. */
export type ArrowOffsets = Int32Array | BigInt64Array;

/** Any typed array that Arrow keeps values in. */
export type ArrowValues = Uint8Array | Int32Array | Float64Array | BigInt64Array;

/** A type of columns; which fields it has depends on `typeId`. */
export interface ArrowType {
  readonly typeId: number;
  readonly children?: readonly ArrowField[] | null;
  readonly [parameter: string]: unknown;
}

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly nullable: boolean;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly metadataVersion: number;
}

/** One chunk of a column. */
export interface ArrowData {
  readonly type: ArrowType;
  /** Where bits begin: those of the validity bitmap, and the values of booleans. */
  readonly offset: number;
  readonly length: number;
  /** -1 where it has not been counted. */
  readonly _nullCount: number;
  /** Values of one row. */
  readonly stride: number;
  readonly valueOffsets?: ArrowOffsets | undefined;
  readonly values?: ArrowValues | undefined;
  readonly nullBitmap?: Uint8Array | undefined;
  readonly typeIds?: Int8Array | undefined;
  readonly variadicBuffers?: readonly Uint8Array[] | undefined;
  readonly children: readonly ArrowData[];
  readonly dictionary?: ArrowVector | undefined;
  slice(offset: number, length: number): ArrowData;
}

export interface ArrowVector {
  readonly data: readonly ArrowData[];
  readonly isMemoized: boolean;
  memoize(): ArrowVector;
}

export interface ArrowBatch {
  readonly schema: ArrowSchema;
  readonly data: ArrowData;
  readonly metadata?: ReadonlyMap<string, string>;
}

export interface ArrowTable {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
}

type Make<Args extends readonly unknown[], Result> = new (...args: Args) => Result;

/** The exports of apache-arrow by which its objects are made. Classes of types are found by name. */
export interface ArrowModule {
  readonly Schema: Make<[readonly ArrowField[], unknown, undefined, number], ArrowSchema>;
  readonly Field: Make<[string, ArrowType, boolean, unknown], ArrowField>;
  readonly Data: Make<readonly unknown[], ArrowData>;
  readonly Vector: Make<[readonly ArrowData[]], ArrowVector>;
  readonly RecordBatch: Make<[ArrowSchema, ArrowData, unknown], ArrowBatch>;
  readonly Table: Make<[ArrowSchema, readonly ArrowBatch[]], ArrowTable>;
}

/** Kinds of Arrow's objects. Its classes mark their instances, so that all copies of the package know each other's. */
export const ARROW_KINDS = ['Table', 'RecordBatch', 'Vector', 'Data', 'Schema', 'Field', 'DataType'] as const;

/** A name of {@link ARROW_KINDS}. */
export type ArrowKind = (typeof ARROW_KINDS)[number];

const MARKS = ARROW_KINDS.map((kind) => [kind, Symbol.for(`apache-arrow/${kind}`)] as const);

/** What an object is of Arrow's, in whichever copy of the package it was made. */
export function arrowKindOf(value: object): ArrowKind | undefined {
  return MARKS.find(([, mark]) => (value as Readonly<Record<symbol, unknown>>)[mark] === true)?.[0];
}

/** Numbers of Arrow's types, as in its format. */
export const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
  dictionary: -1,
} as const;
