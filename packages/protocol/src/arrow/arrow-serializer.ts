import type { LazySerializer } from '../values/serializers.js';
import { ARROW_KINDS, arrowKindOf } from './arrow-objects.js';
import type {
  ArrowBatch,
  ArrowData,
  ArrowField,
  ArrowModule,
  ArrowSchema,
  ArrowTable,
  ArrowType,
  ArrowVector,
} from './arrow-objects.js';
import { TypeDescriber, TypeMaker } from './arrow-types.js';
import type { PlainField, PlainSchema, PlainType } from './arrow-types.js';
import { shownPart } from './shown-part.js';

/** A chunk as it travels. Buffers are views of Arrow's own memory; a dictionary is a vector, which is sent once. */
type PlainData = readonly [
  type: PlainType,
  offset: number,
  length: number,
  nullCount: number,
  buffers: readonly unknown[],
  children: readonly PlainData[],
  dictionary: ArrowVector | undefined,
  variadicBuffers: readonly Uint8Array[],
];
type PlainBatch = readonly [schema: PlainSchema, data: PlainData, metadata: unknown];
type Plain =
  | readonly ['Table', PlainSchema, readonly PlainBatch[]]
  | readonly ['RecordBatch', PlainBatch]
  | readonly ['Vector', readonly PlainData[], boolean]
  | readonly ['Data', PlainData]
  | readonly ['Schema', PlainSchema]
  | readonly ['Field', PlainField]
  | readonly ['DataType', PlainType];

/**
 * Tables, record batches and vectors of apache-arrow, with what they are made of: schema and layout as plain data, all
 * bytes as views of the memory in which they are, so that nothing is copied on either side. A slice sends its rows only,
 * though dictionaries whole.
 */
export const arrowSerializer: LazySerializer<object, Plain, ArrowModule> = {
  name: 'apache-arrow@1',
  packageName: 'apache-arrow',
  isInstance: (value) => arrowKindOf(value) !== undefined,
  serialize: (value) => describe(value, new TypeDescriber(true)),
  deserialize: make,
  tokenize: (value) => describe(value, new TypeDescriber(false)),
};

function describe(value: object, types: TypeDescriber): Plain {
  const kind = arrowKindOf(value);
  switch (kind) {
    case 'Table': {
      const { schema, batches } = value as ArrowTable;
      return [kind, types.schema(schema), batches.map((batch) => plainBatch(batch, types))];
    }
    case 'RecordBatch':
      return [kind, plainBatch(value as ArrowBatch, types)];
    case 'Vector': {
      const vector = value as ArrowVector;
      // A vector of codes is memoized if its dictionary is, which says so itself.
      const isMemoized = Object.hasOwn(vector, 'isMemoized');
      return [kind, vector.data.map((data) => plainData(data, types)), isMemoized];
    }
    case 'Data':
      return [kind, plainData(value as ArrowData, types)];
    case 'Schema':
      return [kind, types.schema(value as ArrowSchema)];
    case 'Field':
      return [kind, types.field(value as ArrowField)];
    default:
      return ['DataType', types.type(value as ArrowType)];
  }
}

function plainBatch({ schema, data, metadata }: ArrowBatch, types: TypeDescriber): PlainBatch {
  return [
    types.schema(schema),
    plainData(data, types),
    metadata === undefined || metadata.size === 0 ? null : metadata,
  ];
}

function plainData(data: ArrowData, types: TypeDescriber): PlainData {
  const part = shownPart(data);
  return [
    types.type(part.type),
    part.offset,
    part.length,
    part.nullCount,
    [part.valueOffsets, part.values, part.nullBitmap, part.typeIds],
    part.children.map((child) => plainData(child, types)),
    data.dictionary,
    part.variadicBuffers,
  ];
}

function make(plain: Plain, arrow: ArrowModule): object {
  if (!ARROW_KINDS.includes(plain[0])) throw new TypeError('it is none of the kinds of Arrow');
  const types = new TypeMaker(arrow);
  switch (plain[0]) {
    case 'Table': {
      const [, schema, batches] = plain;
      return new arrow.Table(
        types.schema(schema),
        batches.map((batch) => makeBatch(batch, types, arrow)),
      );
    }
    case 'RecordBatch':
      return makeBatch(plain[1], types, arrow);
    case 'Vector': {
      const vector = new arrow.Vector(plain[1].map((data) => makeData(data, types, arrow)));
      return plain[2] ? vector.memoize() : vector;
    }
    case 'Data':
      return makeData(plain[1], types, arrow);
    case 'Schema':
      return types.schema(plain[1]);
    case 'Field':
      return types.field(plain[1]);
    case 'DataType':
      return types.type(plain[1]);
  }
}

function makeBatch([schema, data, metadata]: PlainBatch, types: TypeMaker, arrow: ArrowModule): ArrowBatch {
  return new arrow.RecordBatch(types.schema(schema), makeData(data, types, arrow), metadata ?? new Map());
}

function makeData(plain: PlainData, types: TypeMaker, arrow: ArrowModule): ArrowData {
  const [type, offset, length, nullCount, buffers, children, dictionary, variadicBuffers] = plain;
  const made = children.map((child) => makeData(child, types, arrow));
  return new arrow.Data(types.type(type), offset, length, nullCount, buffers, made, dictionary, variadicBuffers);
}
