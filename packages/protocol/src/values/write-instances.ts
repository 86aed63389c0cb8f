import type { CallableValue } from './callable-value.js';
import { writeArrayContent } from './write-arrays.js';
import { writeBuiltIn } from './write-built-ins.js';
import { writeExactProperties } from './write-objects.js';
import { classNameOf, refuseUnsendable } from './object-kinds.js';
import type { Brand } from './object-kinds.js';
import { Refusal } from './refusal.js';
import { DESERIALIZE, SERIALIZE } from './serializers.js';
import type { Serializer } from './serializers.js';
import { writeString } from './strings.js';
import { SHELL, TAG } from './tags.js';
import type { Writer } from './writer.js';
import { isSendableSymbol } from './write-primitives.js';

/** Appends an instance of a user's class: by a registered serializer, by the class's own symbols, or as class and content. */
export function writeInstance(writer: Writer, value: object, brand: Brand, depth: number): void {
  const prototype = Object.getPrototypeOf(value) as object;
  const registered = writer.serializers.forPrototype(prototype);
  if (registered !== undefined) return writeRegistered(writer, value, registered, depth);
  refuseUnsendable(value);
  const serialize = ownSerialize(value);
  if (serialize !== undefined) return writeBySymbol(writer, value, serialize, depth);
  if (brand === 'error' && writer.options.code === undefined) {
    // Without code the class is lost, but the error is worth more than its class.
    return writeBuiltIn(writer, value, brand, depth);
  }
  const session = writer.codeSession(() => instanceRefusal(value));
  const owner = session.classOf(value, prototype);
  if (brand === 'object') return writePlainInstance(writer, value, owner, depth);
  writer.sink.byte(TAG.subclass);
  writer.path[depth] = { text: '.constructor' };
  writer.writeCode(owner, depth + 1);
  if (brand === 'array') {
    writer.remember(value);
    return writeArrayContent(writer, value as readonly unknown[], depth);
  }
  writeBuiltIn(writer, value, brand, depth);
  writeExtraProperties(writer, value, brand, depth);
}

/** Own properties that a map, a date or an array buffer of a user's class has besides its content. */
function writeExtraProperties(writer: Writer, value: object, brand: Brand, depth: number): void {
  if (brand === 'error') return writer.sink.varint(0);
  const skipped = new Set<string | symbol>(brand === 'regexp' ? ['lastIndex'] : []);
  const keys = brand === 'view' ? [] : sendableKeys(value).filter((key) => !skipped.has(key));
  writeExactProperties(writer, value, keys, depth);
}

function writePlainInstance(writer: Writer, value: object, owner: CallableValue, depth: number): void {
  const isDeep = writer.isDeep(depth);
  writer.sink.byte(isDeep ? TAG.shell : TAG.instance);
  if (isDeep) writer.sink.byte(SHELL.instance);
  writer.path[depth] = { text: '.constructor' };
  writer.writeCode(owner, depth + 1);
  writer.remember(value);
  if (isDeep) writer.later(depth, () => writeExactProperties(writer, value, sendableKeys(value), 0));
  else writeExactProperties(writer, value, sendableKeys(value), depth);
}

function sendableKeys(value: object): (string | symbol)[] {
  return Reflect.ownKeys(value).filter((key) => typeof key === 'string' || isSendableSymbol(key));
}

function writeRegistered(writer: Writer, value: object, serializer: Serializer, depth: number): void {
  writer.sink.byte(TAG.registered);
  writeString(writer.sink, serializer.name);
  const plain = callSerialize(value, (instance) => serializer.serialize(instance));
  writer.path[depth] = { text: `<${serializer.name}>` };
  writer.write(plain, depth + 1);
  // Its number comes after its parts, since the other side makes it from them.
  writer.remember(value);
}

function writeBySymbol(writer: Writer, value: object, serialize: (value: object) => unknown, depth: number): void {
  const owner = (value as { constructor: CallableValue }).constructor;
  writer.codeSession(() => instanceRefusal(value));
  writer.sink.byte(TAG.symbolSerialized);
  writer.path[depth] = { text: '.constructor' };
  writer.writeCode(owner, depth + 1);
  const plain = callSerialize(value, serialize);
  writer.path[depth] = { text: `<${classNameOf(value)}>` };
  writer.write(plain, depth + 1);
  writer.remember(value);
}

function callSerialize(value: object, serialize: (value: object) => unknown): unknown {
  try {
    return serialize(value);
  } catch (error) {
    throw new Refusal(
      'SERIALIZER',
      `the serializer of ${classNameOf(value)} threw`,
      'see the cause of this error',
      error,
    );
  }
}

/** The `grid.serialize` method of the class that an object was made by, if it also has the inverse. */
function ownSerialize(value: object): ((value: object) => unknown) | undefined {
  const owner: unknown = (value as { constructor?: unknown }).constructor;
  if (typeof owner !== 'function') return undefined;
  // Reading an unknown class for two documented symbols.
  const methods = owner as unknown as Readonly<Record<symbol, unknown>>;
  const serialize = methods[SERIALIZE];
  if (typeof serialize !== 'function' || typeof methods[DESERIALIZE] !== 'function') return undefined;
  return (instance): unknown => Reflect.apply(serialize as CallableValue, owner, [instance] as never[]);
}

function instanceRefusal(value: object): Refusal {
  const name = classNameOf(value);
  return new Refusal(
    'CLASS',
    `it is an instance of ${name}, and only data can be sent here`,
    `send its fields as a plain object, or call registerSerializer(${name}, …)`,
  );
}
