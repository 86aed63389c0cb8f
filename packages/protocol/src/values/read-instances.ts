import { ProtocolError } from '../errors.js';
import { badValue } from './byte-source.js';
import type { CallableValue } from './callable-value.js';
import { fillExact } from './read-objects.js';
import { DESERIALIZE, isLazy } from './serializers.js';
import { TAG } from './tags.js';
import type { Reader } from './reader.js';

/** Reads an instance of a user's class, whose tag has been read. */
export function readInstance(reader: Reader, tag: number, depth: number): object {
  switch (tag) {
    case TAG.registered:
      return readRegistered(reader, depth);
    case TAG.symbolSerialized:
      return readBySymbol(reader, depth);
    case TAG.instance:
      return fillExact(reader, reader.remember(newInstance(reader, depth)), depth);
    default:
      return readSubclass(reader, depth);
  }
}

/** Reads a class and makes an instance of it that has nothing of its own yet. */
export function newInstance(reader: Reader, depth: number): object {
  return Object.create(prototypeOf(reader.readCallable(depth + 1))) as object;
}

function prototypeOf(owner: CallableValue): object {
  const prototype: unknown = owner.prototype;
  if (typeof prototype !== 'object' || prototype === null) throw badValue('a class has no prototype');
  return prototype;
}

function readSubclass(reader: Reader, depth: number): object {
  const prototype = prototypeOf(reader.readCallable(depth + 1));
  const value = reader.readNew(depth);
  Object.setPrototypeOf(value, prototype);
  if (!Array.isArray(value)) fillExact(reader, value, depth);
  return value;
}

function readRegistered(reader: Reader, depth: number): object {
  const name = reader.readString();
  const deserialize = deserializerOf(reader, name);
  const plain = reader.read(depth + 1);
  return reader.remember(callDeserialize(name, () => deserialize(plain)));
}

function deserializerOf({ serializers }: Reader, name: string): (plain: unknown) => object {
  const serializer = serializers.named(name);
  if (serializer === undefined) throw unknownName(name, serializers.failureOf(name));
  if (!isLazy(serializer)) return (plain) => serializer.deserialize(plain);
  const module = serializers.moduleOf(serializer.packageName);
  if (module === undefined) {
    throw new ProtocolError(
      'GRID_PROTOCOL_DESERIALIZE',
      `a value of package '${serializer.packageName}' arrived, which has not been loaded; await FunctionDecoder.prepare() first`,
      { details: { name, package: serializer.packageName } },
    );
  }
  return (plain) => serializer.deserialize(plain, module);
}

function unknownName(name: string, failure: unknown): ProtocolError {
  const quoted = JSON.stringify(name.slice(0, 100));
  const details = { name: name.slice(0, 100) };
  if (failure === undefined) {
    return new ProtocolError(
      'GRID_PROTOCOL_DESERIALIZE',
      `no deserializer named ${quoted} is registered in this process; call registerSerializer here, or, for tasks, ` +
        'before their function is submitted for the first time',
      { details },
    );
  }
  return new ProtocolError(
    'GRID_PROTOCOL_DESERIALIZE',
    `the serializer named ${quoted} came with the function but cannot be used here; its error is the cause`,
    { details, cause: failure },
  );
}

function readBySymbol(reader: Reader, depth: number): object {
  const owner = reader.readCallable(depth + 1);
  const plain = reader.read(depth + 1);
  // Reading an unknown class for a documented symbol.
  const deserialize = (owner as unknown as Readonly<Record<symbol, unknown>>)[DESERIALIZE];
  if (typeof deserialize !== 'function') throw badValue('a class has no deserializer');
  return reader.remember(
    callDeserialize(owner.name, () => Reflect.apply(deserialize as CallableValue, owner, [plain] as never[]) as object),
  );
}

function callDeserialize(name: string, deserialize: () => object): object {
  try {
    return deserialize();
  } catch (error) {
    throw new ProtocolError('GRID_PROTOCOL_DESERIALIZE', `the deserializer of ${name} threw; its error is the cause`, {
      details: { name },
      cause: error,
    });
  }
}
