import { createHash } from 'node:crypto';
import type { ByteSink } from './byte-sink.js';
import type { CallableValue } from './callable-value.js';
import { brandOf, isBuiltInPrototype } from './object-kinds.js';
import { DESERIALIZE, SERIALIZE } from './serializers.js';
import type { SerializerRegistry } from './serializers.js';
import { writeString } from './strings.js';
import { isLeaf, ItemsFrame, PropertiesFrame, StepsFrame, UnorderedFrame } from './token-frames.js';
import type { TokenFrame, TokenTarget } from './token-frames.js';
import { viewKind } from './write-buffers.js';
import { isSendableSymbol, writeBigInt, writeNumber } from './write-primitives.js';

/** Method by which an object says what identifies it: it returns anything that can be tokenised itself. */
export const TOKENIZE: unique symbol = Symbol.for('grid.tokenize');

/** Where tokens of what is no data come from. */
export interface TokenSources {
  /** The token of an object that stands for something else, such as a future: its key. */
  readonly referenceOf?: ((value: object) => string | undefined) | undefined;
  /** The hash of a function or class. Without it, values with functions or class instances have no token. */
  readonly hashOf?: ((fn: CallableValue) => string | undefined) | undefined;
  /** @defaultValue `defaultSerializers` */
  readonly serializers: SerializerRegistry;
}

/** Thrown inside for a value whose content does not determine it. */
export class NotTokenizable extends Error {
  override readonly name = 'NotTokenizable';
}

/** Letters of the canonical form. They are part of every key that content determines: never give one a new meaning. */
const MARK = {
  undefined: 1,
  null: 2,
  true: 3,
  false: 4,
  number: 5,
  bigint: 6,
  string: 7,
  symbol: 8,
  array: 9,
  hole: 10,
  object: 11,
  map: 12,
  set: 13,
  date: 14,
  regexp: 15,
  error: 16,
  view: 17,
  arrayBuffer: 18,
  url: 19,
  boxed: 20,
  cycle: 21,
  reference: 22,
  function: 23,
  registered: 24,
  instance: 25,
  own: 26,
} as const;

/** Bytes from this size on enter a token as their own hash. */
const HASHED_MIN = 512;
const MAX_OBJECTS = 2_000_000;

/** Writes the canonical form of a value: equal for equal content, in any process, whatever the order of keys. */
export class TokenWriter implements TokenTarget {
  readonly sink: ByteSink;
  readonly #sources: TokenSources;
  readonly #frames: TokenFrame[] = [];
  /** Objects around the place where this stands, and how deep each lies. */
  readonly #ancestors = new Map<object, number>();
  readonly #hashes = new Map<CallableValue, string | undefined>();
  #objects = 0;

  constructor(sink: ByteSink, sources: TokenSources) {
    this.sink = sink;
    this.#sources = sources;
  }

  /** Writes a value and all that is inside of it, however deep. */
  write(value: unknown): void {
    this.put(value);
    const frames = this.#frames;
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      if (frame.step(this)) continue;
      frames.pop();
      if (frame.object !== undefined) this.#ancestors.delete(frame.object);
    }
  }

  put(value: unknown): void {
    const sink = this.sink;
    switch (typeof value) {
      case 'number':
        sink.byte(MARK.number);
        // All NaN are one; -0 is not 0.
        return writeNumber(sink, value);
      case 'string':
        sink.byte(MARK.string);
        return writeString(sink, value);
      case 'boolean':
        return sink.byte(value ? MARK.true : MARK.false);
      case 'undefined':
        return sink.byte(MARK.undefined);
      case 'bigint':
        sink.byte(MARK.bigint);
        return writeBigInt(sink, value);
      case 'symbol':
        return this.#symbol(value);
      case 'function':
        // `typeof` proves that it can be called.
        return this.#function(value as CallableValue);
      case 'object':
        if (value === null) return sink.byte(MARK.null);
        return this.#object(value);
    }
  }

  hole(): void {
    this.sink.byte(MARK.hole);
  }

  #symbol(value: symbol): void {
    if (!isSendableSymbol(value)) throw new NotTokenizable();
    this.sink.byte(MARK.symbol);
    writeString(this.sink, Symbol.keyFor(value) ?? String(value));
  }

  #function(fn: CallableValue): void {
    let hash = this.#hashes.get(fn);
    if (hash === undefined && !this.#hashes.has(fn)) {
      hash = this.#sources.hashOf?.(fn);
      this.#hashes.set(fn, hash);
    }
    if (hash === undefined) throw new NotTokenizable();
    this.sink.byte(MARK.function);
    writeString(this.sink, hash);
  }

  #object(value: object): void {
    const depth = this.#ancestors.get(value);
    if (depth !== undefined) {
      this.sink.byte(MARK.cycle);
      return this.sink.varint(this.#ancestors.size - depth);
    }
    if (++this.#objects > MAX_OBJECTS) throw new NotTokenizable();
    const reference = this.#sources.referenceOf?.(value);
    if (reference !== undefined) {
      this.sink.byte(MARK.reference);
      return writeString(this.sink, reference);
    }
    const height = this.#frames.length;
    this.#content(value);
    // The first frame lies under those that came after it, so it ends last.
    const first = this.#frames[height];
    if (first === undefined) return;
    first.object = value;
    this.#ancestors.set(value, this.#ancestors.size);
  }

  #content(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) return this.#array(value as readonly unknown[]);
    if (prototype === Object.prototype || prototype === null) return this.#plain(value);
    if (this.#bySay(value, prototype as object)) return;
    const brand = brandOf(value);
    if (!isBuiltInPrototype(prototype as object)) return this.#instance(value, prototype as object, brand);
    this.#builtIn(value, brand);
  }

  #array(items: readonly unknown[]): void {
    this.sink.byte(MARK.array);
    this.sink.varint(items.length);
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (!isLeaf(item)) return void this.#frames.push(new ItemsFrame(items, i));
      if (item === undefined && !(i in items)) this.hole();
      else this.put(item);
    }
  }

  #plain(value: object): void {
    this.sink.byte(MARK.object);
    const keys = Object.keys(value).sort();
    this.sink.varint(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const item = (value as Readonly<Record<string, unknown>>)[key];
      if (!isLeaf(item)) return void this.#frames.push(new PropertiesFrame(value, keys, { from: i, item }));
      writeString(this.sink, key);
      this.put(item);
    }
  }

  /** Objects that say themselves what identifies them, or whose serializer does. */
  #bySay(value: object, prototype: object): boolean {
    const own: unknown = (value as Readonly<Record<symbol, unknown>>)[TOKENIZE];
    if (typeof own === 'function') {
      this.sink.byte(MARK.own);
      this.#frames.push(new ItemsFrame([Reflect.apply(own as CallableValue, value, [])]));
      return true;
    }
    const registered = this.#sources.serializers.forPrototype(prototype);
    if (registered !== undefined) {
      this.sink.byte(MARK.registered);
      writeString(this.sink, registered.name);
      this.#frames.push(new ItemsFrame([registered.serialize(value)]));
      return true;
    }
    const owner: unknown = (value as { constructor?: unknown }).constructor;
    if (typeof owner !== 'function') return false;
    const methods = owner as unknown as Readonly<Record<symbol, unknown>>;
    if (typeof methods[SERIALIZE] !== 'function' || typeof methods[DESERIALIZE] !== 'function') return false;
    this.sink.byte(MARK.registered);
    this.#function(owner as CallableValue);
    this.#frames.push(new ItemsFrame([Reflect.apply(methods[SERIALIZE] as CallableValue, owner, [value] as never[])]));
    return true;
  }

  #instance(value: object, prototype: object, brand: ReturnType<typeof brandOf>): void {
    const owner: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof owner !== 'function') throw new NotTokenizable();
    this.sink.byte(MARK.instance);
    if (brand === 'error') return this.#builtIn(value, brand);
    this.#function(owner as CallableValue);
    if (brand === 'object') this.#plain(value);
    else this.#builtIn(value, brand);
  }

  #builtIn(value: object, brand: ReturnType<typeof brandOf>): void {
    const sink = this.sink;
    switch (brand) {
      case 'map':
        sink.byte(MARK.map);
        return this.#unordered([...Map.prototype.entries.call(value as Map<unknown, unknown>)]);
      case 'set':
        sink.byte(MARK.set);
        return this.#unordered([...Set.prototype.values.call(value as Set<unknown>)].map((item: unknown) => [item]));
      case 'date':
        sink.byte(MARK.date);
        return sink.float((value as Date).getTime());
      case 'regexp':
        sink.byte(MARK.regexp);
        return writeString(sink, RegExp.prototype.toString.call(value as RegExp));
      case 'view':
        return this.#view(value as ArrayBufferView);
      case 'array-buffer':
        sink.byte(MARK.arrayBuffer);
        return this.#bytes(new Uint8Array(value as ArrayBuffer));
      case 'url':
      case 'url-search-params':
        sink.byte(MARK.url);
        return writeString(sink, (value as URL | URLSearchParams).toString());
      case 'boxed':
        sink.byte(MARK.boxed);
        return this.put((value as { valueOf(): unknown }).valueOf());
      case 'error':
      case 'dom-exception':
        return this.#error(value as Error);
      default:
        throw new NotTokenizable();
    }
  }

  /** An error without its stack, which depends on paths. */
  #error(error: Error): void {
    this.sink.byte(MARK.error);
    writeString(this.sink, String(error.name));
    this.#frames.push(
      new StepsFrame(
        () => this.put(error.message),
        () => this.put(error.cause),
        () => this.#plain(error),
      ),
    );
  }

  #view(view: ArrayBufferView): void {
    this.sink.byte(MARK.view);
    writeString(this.sink, viewKind(view));
    this.#bytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #bytes(bytes: Uint8Array): void {
    this.sink.varint(bytes.length);
    this.sink.append(bytes.length < HASHED_MIN ? bytes : createHash('sha256').update(bytes).digest());
  }

  #unordered(entries: readonly (readonly unknown[])[]): void {
    this.#frames.push(new UnorderedFrame(entries, this.sink.length));
  }
}
