import { badValue } from './byte-source.js';
import type { Reader } from './reader.js';
import type { ReceivedShape } from './received-shapes.js';
import { SHORT_SHAPE_LIMIT, TAG } from './tags.js';

/** Flags of one property in an exact list; the same as the writer's. */
const ACCESSOR = 1;
const HIDDEN = 2;

/** Sets an own property, whatever its name: assigning `__proto__` would change the prototype instead. */
export function setProperty(target: object, key: string | symbol, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else (target as Record<string | symbol, unknown>)[key] = value;
}

/** Reads the properties of an object, whose tag has been read, into one that is empty. */
export function fillObject(reader: Reader, target: Record<string, unknown>, tag: number, depth: number): object {
  const { source, shapes } = reader;
  if (tag >= TAG.shortShape && tag < TAG.shortShape + SHORT_SHAPE_LIMIT) {
    return fillShape(reader, target, shapes.get(tag - TAG.shortShape), depth);
  }
  switch (tag) {
    case TAG.newShape:
      return fillShape(reader, target, readShape(reader), depth);
    case TAG.shape:
      return fillShape(reader, target, shapes.get(source.varint()), depth);
    case TAG.dictionary:
      return fillDictionary(reader, target, depth);
    case TAG.exactObject:
      return fillExact(reader, target, depth);
    default:
      throw badValue('an object is missing');
  }
}

function readShape(reader: Reader): ReceivedShape {
  const count = reader.source.count(1);
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(reader.readString());
  return reader.shapes.add(keys);
}

function fillShape(reader: Reader, target: Record<string, unknown>, shape: ReceivedShape, depth: number): object {
  const { keys } = shape;
  if (shape.guarded) {
    for (const key of keys) setProperty(target, key, reader.read(depth + 1));
    return target;
  }
  for (let i = 0; i < keys.length; i++) target[keys[i] as string] = reader.read(depth + 1);
  return target;
}

function fillDictionary(reader: Reader, target: Record<string, unknown>, depth: number): object {
  const count = reader.source.count(2);
  for (let i = 0; i < count; i++) {
    const key = reader.readString();
    setProperty(target, key, reader.read(depth + 1));
  }
  return target;
}

/** Reads properties with their attributes into `target`. */
export function fillExact(reader: Reader, target: object, depth: number): object {
  const count = reader.source.count(3);
  for (let i = 0; i < count; i++) {
    const flags = reader.source.byte();
    const key = reader.read(depth + 1);
    if (typeof key !== 'string' && typeof key !== 'symbol') throw badValue('a key is neither text nor symbol');
    const enumerable = (flags & HIDDEN) === 0;
    if (flags & ACCESSOR) {
      const get = readAccessor(reader, depth);
      const set = readAccessor(reader, depth);
      // A missing half must be absent rather than undefined for the typings only; the runtime takes both.
      defineProperty(target, key, { get, set, enumerable, configurable: true } as PropertyDescriptor);
    } else {
      defineProperty(target, key, { value: reader.read(depth + 1), writable: true, enumerable, configurable: true });
    }
  }
  return target;
}

function readAccessor(reader: Reader, depth: number): (() => unknown) | undefined {
  const value = reader.read(depth + 1);
  if (value === undefined) return undefined;
  if (typeof value !== 'function') throw badValue('an accessor is no function');
  return value as () => unknown;
}

function defineProperty(target: object, key: string | symbol, property: PropertyDescriptor): void {
  if (!Reflect.defineProperty(target, key, property)) throw badValue(`the property ${String(key)} cannot be set`);
}
