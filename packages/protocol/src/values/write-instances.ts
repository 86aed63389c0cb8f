import type { CallableValue } from './callable-value.js';
import { writeArrayContent } from './write-arrays.js';
import { extraKeys, writeBuiltIn } from './write-built-ins.js';
import { writeExactProperties } from './write-objects.js';
import { classNameOf, refuseUnsendable } from './object-kinds.js';
import type { Brand } from './object-kinds.js';
import { Refusal } from './refusal.js';
import { DESERIALIZE, isLazy, SERIALIZE } from './serializers.js';
import type { LazySerializer, Serializer } from './serializers.js';
import { writeString } from './strings.js';
import { SHELL, TAG } from './tags.js';
import type { Writer } from './writer.js';
import { isSendableSymbol } from './write-primitives.js';

/** Appends an instance of a user's class: by a registered serializer, by the class's own symbols, or as class and content. */
export function writeInstance(writer: Writer, value: object, brand: Brand, depth: number): void {
  const prototype = Object.getPrototypeOf(value) as object;
  const registered = writer.serializers.forInstance(value, prototype);
  if (registered !== undefined) return writeRegistered(writer, value, registered, depth);
  if (FUTURE in value) return writeFuture(writer, value);
  if (isActorHandle(value)) return writeActor(writer, value, depth);
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
  writeExactProperties(writer, value, extraKeys(value, brand), depth);
}

function writeFuture(writer: Writer, future: object): void {
  const key = writer.options.keyOfFuture?.(future);
  if (key === undefined) throw futureRefusal(writer.options.futureFix);
  writer.noteFuture();
  writer.remember(future);
  writer.sink.byte(TAG.future);
  writeString(writer.sink, key);
}

/** A plain object describes the actor, so that whoever gets the handle can reach it. */
function writeActor(writer: Writer, handle: ActorHandle, depth: number): void {
  const key = writer.options.keyOfFuture?.(handle);
  if (key === undefined) throw actorRefusal(writer.options.futureFix);
  writer.noteFuture();
  writer.sink.byte(TAG.actor);
  writeString(writer.sink, key);
  writer.path[depth] = { text: '<actor>' };
  // A copy: the reader is to find an object here, not a reference to one.
  writer.write({ ...handle[ACTOR] }, depth + 1);
  writer.remember(handle);
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

function writeRegistered(writer: Writer, value: object, serializer: Serializer | LazySerializer, depth: number): void {
  if (isLazy(serializer)) writer.packages.add(serializer, value);
  writer.sink.byte(TAG.registered);
  writeString(writer.sink, serializer.name);
  writeSerialized(writer, value, {
    serialize: (instance) => serializer.serialize(instance),
    depth,
    of: serializer.name,
  });
}

function writeBySymbol(writer: Writer, value: object, serialize: (value: object) => unknown, depth: number): void {
  const owner = (value as { constructor: CallableValue }).constructor;
  writer.codeSession(() => instanceRefusal(value));
  writer.sink.byte(TAG.symbolSerialized);
  writer.path[depth] = { text: '.constructor' };
  writer.writeCode(owner, depth + 1);
  writeSerialized(writer, value, { serialize, depth, of: classNameOf(value) });
}

interface Serialization {
  readonly serialize: (value: object) => unknown;
  readonly depth: number;
  /** What to call it in a path. */
  readonly of: string;
}

function writeSerialized(writer: Writer, value: object, { serialize, depth, of }: Serialization): void {
  if (writer.inSerializer.has(value)) {
    throw new Refusal(
      'CYCLE',
      `what the serializer of ${classNameOf(value)} makes of it holds the same object again`,
      'leave the way back to it out, and restore it in deserialize',
    );
  }
  const plain = callSerialize(value, serialize);
  writer.inSerializer.add(value);
  writer.path[depth] = { text: `<${of}>` };
  writer.write(plain, depth + 1);
  writer.inSerializer.delete(value);
  // Its number comes after its parts, since the other side makes it from them.
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

/** Marks futures: they stand for a value on a worker, and there is nothing to send but their key. */
const FUTURE = Symbol.for('grid.future');

/** Marks handles of actors; what is found there describes the actor. */
const ACTOR = Symbol.for('grid.actor');

interface ActorHandle {
  readonly [ACTOR]: object;
}

function isActorHandle(value: object): value is ActorHandle {
  return ACTOR in value;
}

function actorRefusal(fix = 'pass it to a task as an argument, or as a part of one'): Refusal {
  return new Refusal('FUTURE', 'it is a handle of an actor, which belongs to the client that holds it', fix);
}

function futureRefusal(fix = 'pass it as an argument: the task then gets its value'): Refusal {
  return new Refusal('FUTURE', 'it is a Future, which belongs to the client that made it', fix);
}

function instanceRefusal(value: object): Refusal {
  const name = classNameOf(value);
  return new Refusal(
    'CLASS',
    `it is an instance of ${name}, and only data can be sent here`,
    `send its fields as a plain object, or call registerSerializer(${name}, …)`,
  );
}
