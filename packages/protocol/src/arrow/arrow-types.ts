import { Refusal } from '../values/refusal.js';
import type { ArrowField, ArrowModule, ArrowSchema, ArrowType } from './arrow-objects.js';
import { TYPE } from './arrow-objects.js';

/** A type as it travels: number, name of its class, and what its class is called with. */
export type PlainType = readonly [typeId: number, className: string, args: readonly unknown[]];
/** A field as it travels. */
export type PlainField = readonly [
  name: string,
  type: PlainType,
  nullable: boolean,
  metadata: ReadonlyMap<string, string> | null,
];
/** A schema as it travels. */
export type PlainSchema = readonly [
  fields: readonly PlainField[],
  metadata: ReadonlyMap<string, string> | null,
  version: number,
];

/** A type's base class by the name under which it is exported, and the fields that its constructor takes, in order. */
interface TypeShape {
  readonly name: string;
  readonly parameters: readonly string[];
}

const SHAPES: ReadonlyMap<number, TypeShape> = new Map(
  Object.entries({
    null: { name: 'Null', parameters: [] },
    int: { name: 'Int', parameters: ['isSigned', 'bitWidth'] },
    float: { name: 'Float', parameters: ['precision'] },
    binary: { name: 'Binary', parameters: [] },
    utf8: { name: 'Utf8', parameters: [] },
    bool: { name: 'Bool', parameters: [] },
    decimal: { name: 'Decimal', parameters: ['scale', 'precision', 'bitWidth'] },
    date: { name: 'Date_', parameters: ['unit'] },
    time: { name: 'Time', parameters: ['unit', 'bitWidth'] },
    timestamp: { name: 'Timestamp', parameters: ['unit', 'timezone'] },
    interval: { name: 'Interval', parameters: ['unit'] },
    list: { name: 'List', parameters: ['child'] },
    struct: { name: 'Struct', parameters: ['children'] },
    union: { name: 'Union', parameters: ['mode', 'typeIds', 'children'] },
    fixedSizeBinary: { name: 'FixedSizeBinary', parameters: ['byteWidth'] },
    fixedSizeList: { name: 'FixedSizeList', parameters: ['listSize', 'child'] },
    map: { name: 'Map_', parameters: ['child', 'keysSorted'] },
    duration: { name: 'Duration', parameters: ['unit'] },
    largeBinary: { name: 'LargeBinary', parameters: [] },
    largeUtf8: { name: 'LargeUtf8', parameters: [] },
    largeList: { name: 'LargeList', parameters: ['child'] },
    binaryView: { name: 'BinaryView', parameters: [] },
    utf8View: { name: 'Utf8View', parameters: [] },
    dictionary: { name: 'Dictionary', parameters: ['dictionary', 'indices', 'id', 'isOrdered'] },
  } satisfies Record<keyof typeof TYPE, TypeShape>).map(([kind, shape]) => [TYPE[kind as keyof typeof TYPE], shape]),
);

/** Describes types as plain data, each once: what was one object comes back as one. */
export class TypeDescriber {
  readonly #known = new Map<object, unknown>();
  readonly #withDictionaryIds: boolean;

  /** @param withDictionaryIds - Arrow counts them up in each process, so they do not identify anything elsewhere. */
  constructor(withDictionaryIds: boolean) {
    this.#withDictionaryIds = withDictionaryIds;
  }

  schema(schema: ArrowSchema): PlainSchema {
    return this.#once(schema, () => [
      schema.fields.map((field) => this.field(field)),
      metadataOf(schema.metadata),
      schema.metadataVersion,
    ]);
  }

  field(field: ArrowField): PlainField {
    return this.#once(field, () => [field.name, this.type(field.type), field.nullable, metadataOf(field.metadata)]);
  }

  type(type: ArrowType): PlainType {
    return this.#once(type, () => {
      const shape = SHAPES.get(type.typeId);
      if (shape === undefined) {
        throw new Refusal('ARROW', `it has a column of Arrow's type ${type.typeId}`, 'cast the column to another type');
      }
      return [type.typeId, type.constructor.name, shape.parameters.map((name) => this.#parameter(type, name))];
    });
  }

  #parameter(type: ArrowType, name: string): unknown {
    switch (name) {
      case 'child':
        return this.#children(type)[0];
      case 'children':
        return this.#children(type);
      case 'dictionary':
      case 'indices':
        return this.type(type[name] as ArrowType);
      case 'id':
        return this.#withDictionaryIds ? type[name] : 0;
      default:
        return type[name];
    }
  }

  #children({ children }: ArrowType): PlainField[] {
    return (children ?? []).map((field) => this.field(field));
  }

  #once<Plain>(object: object, describe: () => Plain): Plain {
    const known = this.#known.get(object);
    // Kept under the object that it describes.
    if (known !== undefined) return known as Plain;
    const plain = describe();
    this.#known.set(object, plain);
    return plain;
  }
}

function metadataOf(metadata: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> | null {
  return metadata === undefined || metadata.size === 0 ? null : metadata;
}

/** Makes types out of their descriptions, each once. */
export class TypeMaker {
  readonly #arrow: ArrowModule;
  readonly #known = new Map<unknown, unknown>();

  constructor(arrow: ArrowModule) {
    this.#arrow = arrow;
  }

  schema(plain: PlainSchema): ArrowSchema {
    return this.#once(plain, ([fields, metadata, version]) => {
      const made = fields.map((field) => this.field(field));
      return new this.#arrow.Schema(made, metadata ?? undefined, undefined, version);
    });
  }

  field(plain: PlainField): ArrowField {
    return this.#once(plain, ([name, type, nullable, metadata]) => {
      return new this.#arrow.Field(name, this.type(type), nullable, metadata ?? undefined);
    });
  }

  type(plain: PlainType): ArrowType {
    return this.#once(plain, ([typeId, className, args]) => {
      const shape = SHAPES.get(typeId);
      if (shape === undefined) throw new TypeError(`Arrow has no type ${typeId}`);
      const base = this.#classNamed(shape.name);
      if (base === undefined)
        throw new TypeError(`this version of apache-arrow has no ${shape.name}; install 21.2 or newer`);
      const type = new base(...shape.parameters.map((name, index) => this.#argument(name, args[index])));
      // `Int32` and the like are the same types with a class of their own.
      const exact = this.#classNamed(className);
      if (exact !== undefined && exact.prototype instanceof base) {
        Object.setPrototypeOf(type, exact.prototype);
      }
      return type;
    });
  }

  #argument(name: string, plain: unknown): unknown {
    // What stands there was described by `TypeDescriber`; if not, Arrow's own classes fail on it.
    if (name === 'child') return this.field(plain as PlainField);
    if (name === 'children') return (plain as readonly PlainField[]).map((field) => this.field(field));
    if (name === 'dictionary' || name === 'indices') return this.type(plain as PlainType);
    return plain;
  }

  #classNamed(name: string): (new (...args: unknown[]) => ArrowType) | undefined {
    if (!Object.hasOwn(this.#arrow, name)) return undefined;
    const found = (this.#arrow as unknown as Readonly<Record<string, unknown>>)[name];
    return typeof found === 'function' ? (found as new (...args: unknown[]) => ArrowType) : undefined;
  }

  #once<Plain, Made>(plain: Plain, make: (plain: Plain) => Made): Made {
    const known = this.#known.get(plain);
    // Kept under the description that it was made of.
    if (known !== undefined) return known as Made;
    const made = make(plain);
    this.#known.set(plain, made);
    return made;
  }
}
