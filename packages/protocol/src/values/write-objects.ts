import { Refusal } from './refusal.js';
import { writeString } from './strings.js';
import { isSendableSymbol } from './write-primitives.js';
import { MAX_SHAPE_KEYS, SHORT_SHAPE_LIMIT, TAG } from './tags.js';
import type { Writer } from './writer.js';

type Properties = Readonly<Record<string | symbol, unknown>>;

/** Appends an object literal or an object without prototype. */
export function writePlainObject(writer: Writer, value: Properties, depth: number): void {
  writer.remember(value);
  if (writer.putOff(value, 'object', depth)) return;
  if (Object.getPrototypeOf(value) === null) writer.sink.byte(TAG.nullObject);
  writeObjectContent(writer, value, depth);
}

/** Appends the properties of an object that has its number already. */
export function writeObjectContent(writer: Writer, value: Properties, depth: number): void {
  const exact = writer.options.exact === true && !isPlainData(value);
  if (exact || Object.getOwnPropertySymbols(value).length > 0) return writeExact(writer, value, depth);
  const keys = Object.keys(value);
  if (keys.length > MAX_SHAPE_KEYS) return writeDictionary(writer, value, keys, depth);
  const sink = writer.sink;
  const shape = writer.shapes.of(keys);
  if (writer.shapes.isNew(shape)) {
    sink.byte(TAG.newShape);
    sink.append(shape.definition);
  } else if (shape.index < SHORT_SHAPE_LIMIT) sink.byte(TAG.shortShape | shape.index);
  else {
    sink.byte(TAG.shape);
    sink.varint(shape.index);
  }
  for (let i = 0; i < keys.length; i++) writeProperty(writer, value, keys[i] as string, depth);
}

function writeDictionary(writer: Writer, value: Properties, keys: readonly string[], depth: number): void {
  writer.sink.byte(TAG.dictionary);
  writer.sink.varint(keys.length);
  for (const key of keys) {
    writeString(writer.sink, key);
    writeProperty(writer, value, key, depth);
  }
}

function writeProperty(writer: Writer, value: Properties, key: string, depth: number): void {
  writer.path[depth] = key;
  let item: unknown;
  try {
    item = value[key];
  } catch (error) {
    writer.atDepth(depth + 1);
    throw new Refusal('GETTER', 'its getter threw', 'send an object whose properties can all be read', error);
  }
  writer.write(item, depth + 1);
}

/** Tells whether every property is an enumerable, writable value with a string for its key. */
function isPlainData(value: object): boolean {
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') return false;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (
      property === undefined ||
      property.enumerable !== true ||
      property.get !== undefined ||
      property.set !== undefined
    ) {
      return false;
    }
  }
  return true;
}

/** Flags of one property in an exact list. */
export const PROPERTY = { accessor: 1, hidden: 2 } as const;

/** Appends properties with their attributes: symbols as keys, accessors, hidden properties. */
function writeExact(writer: Writer, value: Properties, depth: number): void {
  writer.sink.byte(TAG.exactObject);
  const exact = writer.options.exact === true;
  const keys = Reflect.ownKeys(value).filter((key) => {
    if (typeof key === 'symbol' && !isSendableSymbol(key)) return false;
    return exact || Object.prototype.propertyIsEnumerable.call(value, key);
  });
  writeExactProperties(writer, value, keys, depth);
}

/** Appends the count of keys, then each property with its attributes. Accessors need code to be allowed; else their value is taken. */
export function writeExactProperties(
  writer: Writer,
  value: object,
  keys: readonly (string | symbol)[],
  depth: number,
): void {
  writer.sink.varint(keys.length);
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined)
      throw new Refusal('GETTER', 'it was deleted while it was written', 'do not change what is being sent');
    const accessor = property.get !== undefined || property.set !== undefined;
    const sendAccessor = accessor && writer.options.code !== undefined && writer.options.exact === true;
    writer.sink.byte((sendAccessor ? PROPERTY.accessor : 0) | (property.enumerable === true ? 0 : PROPERTY.hidden));
    writer.path[depth] = key;
    writer.write(key, depth + 1);
    if (sendAccessor) {
      writer.write(Reflect.get(property, 'get'), depth + 1);
      writer.write(Reflect.get(property, 'set'), depth + 1);
    } else if (accessor) writeProperty(writer, value as Properties, key as string, depth);
    else writer.write(property.value, depth + 1);
  }
}
