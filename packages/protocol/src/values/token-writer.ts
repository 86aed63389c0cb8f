import type { ByteSink } from './byte-sink.js';
import type { CallableValue } from './callable-value.js';
import { brandOf, classNameOf, isBuiltInPrototype } from './object-kinds.js';
import type { Brand } from './object-kinds.js';
import { DESERIALIZE, SERIALIZE } from './serializers.js';
import type { SerializerRegistry } from './serializers.js';
import { writeString } from './strings.js';
import { EXTRA_KEYS_MAX_LENGTH } from './tags.js';
import { writeTokenOfBuiltIn } from './token-built-ins.js';
import { isLeaf, ItemsFrame, PropertiesFrame, StepsFrame } from './token-frames.js';
import type { TokenFrame, TokenTarget } from './token-frames.js';
import { MARK } from './token-marks.js';
import { extraKeys } from './write-built-ins.js';
import { isSendableSymbol, writeBigInt, writeNumber } from './write-primitives.js';

/** Method by which an object says what identifies it: it returns anything that can be tokenised itself. */
export const TOKENIZE: unique symbol = Symbol.for('grid.tokenize');

/** Where tokens of what is no data come from. */
export interface TokenSources {
  /** The token of an object that stands for something else, such as a future: its key. */
  readonly referenceOf?: ((value: object) => string | undefined) | undefined;
  /**
   * The hash of a function or class. Without it, values with functions or class instances have no token.
   * @param instance - what the hash of the class is asked for, if its own properties are all there is to it
   */
  readonly hashOf?: ((fn: CallableValue, instance?: object) => string | undefined) | undefined;
  /** @defaultValue `defaultSerializers` */
  readonly serializers: SerializerRegistry;
}

/** Thrown inside for a value whose content does not determine it. */
export class NotTokenizable extends Error {
  override readonly name = 'NotTokenizable';
}

const MAX_OBJECTS = 2_000_000;
const NO_KEYS: readonly (string | symbol)[] = [];

/** Writes the canonical form of a value: equal for equal content, in any process, whatever the order of keys. */
export class TokenWriter implements TokenTarget {
  readonly sink: ByteSink;
  readonly #sources: TokenSources;
  readonly #frames: TokenFrame[] = [];
  /** Objects around the place where this stands, and how deep each lies. */
  readonly #ancestors = new Map<object, number>();
  readonly #hashes = new Map<CallableValue, string | undefined>();
  readonly #classHashes = new Map<CallableValue, string | undefined>();
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
    const { sink } = this;
    switch (typeof value) {
      case 'number':
        // The bits of NaN depend on where it comes from. -0 is not 0.
        if (Number.isNaN(value)) return sink.byte(MARK.nan);
        sink.byte(MARK.number);
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

  key(key: string | symbol): void {
    if (typeof key === 'string') writeString(this.sink, key);
    else this.#symbol(key);
  }

  hole(): void {
    this.sink.byte(MARK.hole);
  }

  later(frame: TokenFrame): void {
    this.#frames.push(frame);
  }

  properties(owner: object, keys: readonly (string | symbol)[]): void {
    const texts = keys.filter((key) => typeof key === 'string').sort();
    // Symbols that mean nothing elsewhere are not sent either.
    const symbols = keys.filter((key) => typeof key === 'symbol' && isSendableSymbol(key)).sort(byText);
    const { sink } = this;
    sink.varint(texts.length);
    sink.varint(symbols.length);
    const sorted = symbols.length === 0 ? texts : [...texts, ...symbols];
    for (let i = 0; i < sorted.length; i++) {
      const key = sorted[i] as string | symbol;
      const item = (owner as Readonly<Record<string | symbol, unknown>>)[key];
      if (!isLeaf(item)) return this.later(new PropertiesFrame(owner, sorted, { from: i, item }));
      this.key(key);
      this.put(item);
    }
  }

  #symbol(value: symbol): void {
    if (!isSendableSymbol(value)) throw new NotTokenizable();
    const key = Symbol.keyFor(value);
    this.sink.byte(key === undefined ? MARK.wellKnownSymbol : MARK.symbol);
    writeString(this.sink, key ?? String(value));
  }

  #function(fn: CallableValue, instance?: object): void {
    const hashes = instance === undefined ? this.#hashes : this.#classHashes;
    let hash = hashes.get(fn);
    if (hash === undefined && !hashes.has(fn)) {
      hash = this.#sources.hashOf?.(fn, instance);
      hashes.set(fn, hash);
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
    if (prototype === Object.prototype) return this.#plain(value);
    if (prototype === Array.prototype && Array.isArray(value)) return this.#array(value as readonly unknown[]);
    if (prototype === null) {
      this.sink.byte(MARK.nullObject);
      return this.properties(value, shownKeys(value));
    }
    // A prototype that is not `null` is an object.
    const kind = prototype as object;
    const isBuiltIn = isBuiltInPrototype(kind);
    if (!isBuiltIn && this.#bySay(value, kind)) return;
    const brand: Brand = Array.isArray(value) ? 'array' : brandOf(value);
    if (!isBuiltIn) return this.#instance(value, kind, brand);
    if (brand === 'object') return this.#plain(value);
    this.#builtIn(value, brand);
  }

  #plain(value: object): void {
    // Objects that are no instances may say it too.
    if (this.#ownSay(value)) return;
    this.sink.byte(MARK.object);
    this.properties(value, shownKeys(value));
  }

  #array(items: readonly unknown[]): void {
    this.sink.byte(MARK.array);
    this.sink.varint(items.length);
    this.#extras(items, keysBesides(items));
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (!isLeaf(item)) return this.later(new ItemsFrame(items, i));
      if (item === undefined && !(i in items)) this.hole();
      else this.put(item);
    }
  }

  /** Has the properties written that an object has besides its content, once that is written. */
  #extras(value: object, keys: readonly (string | symbol)[]): void {
    if (keys.length === 0) return;
    const write = (): void => {
      this.sink.byte(MARK.extras);
      this.properties(value, keys);
    };
    this.later(new StepsFrame(write));
  }

  #ownSay(value: object): boolean {
    const own: unknown = (value as Readonly<Record<symbol, unknown>>)[TOKENIZE];
    if (typeof own !== 'function') return false;
    this.#says(value, Reflect.apply(own as CallableValue, value, []));
    return true;
  }

  #says(value: object, what: unknown): void {
    this.sink.byte(MARK.own);
    writeString(this.sink, classNameOf(value));
    this.later(new ItemsFrame([what]));
  }

  /** Objects that say themselves what identifies them, or whose registration or serializer does. */
  #bySay(value: object, prototype: object): boolean {
    if (this.#ownSay(value)) return true;
    const { serializers } = this.#sources;
    const tokenize = serializers.tokenizerFor(prototype);
    if (tokenize !== undefined) {
      this.#says(value, tokenize(value));
      return true;
    }
    const registered = serializers.forInstance(value, prototype);
    if (registered !== undefined) {
      this.sink.byte(MARK.registered);
      writeString(this.sink, registered.name);
      this.later(new ItemsFrame([(registered.tokenize ?? registered.serialize)(value)]));
      return true;
    }
    const owner: unknown = (value as { constructor?: unknown }).constructor;
    if (typeof owner !== 'function') return false;
    const methods = owner as unknown as Readonly<Record<symbol, unknown>>;
    if (typeof methods[SERIALIZE] !== 'function' || typeof methods[DESERIALIZE] !== 'function') return false;
    this.sink.byte(MARK.registered);
    this.#function(owner as CallableValue);
    this.later(new ItemsFrame([Reflect.apply(methods[SERIALIZE] as CallableValue, owner, [value] as never[])]));
    return true;
  }

  #instance(value: object, prototype: object, brand: Brand): void {
    const owner: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof owner !== 'function') throw new NotTokenizable();
    this.sink.byte(MARK.instance);
    this.#function(owner as CallableValue, value);
    if (brand === 'object') this.properties(value, Reflect.ownKeys(value));
    else this.#builtIn(value, brand);
  }

  #builtIn(value: object, brand: Brand): void {
    if (brand === 'array') return this.#array(value as readonly unknown[]);
    this.#extras(value, extraKeys(value, brand));
    if (!writeTokenOfBuiltIn(this, value, brand)) throw new NotTokenizable();
  }
}

function shownKeys(value: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (symbols.length === 0) return Object.keys(value);
  const shown = symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return [...Object.keys(value), ...shown];
}

/** Keys of an array that are no indexes. The same arrays are looked through for them as when they are sent. */
function keysBesides(items: readonly unknown[]): readonly (string | symbol)[] {
  if (items.length > EXTRA_KEYS_MAX_LENGTH) return NO_KEYS;
  const keys = Object.keys(items);
  // Indexes come first among keys.
  const last = keys.at(-1);
  return last === undefined || isIndex(last) ? NO_KEYS : keys.filter((key) => !isIndex(key));
}

function isIndex(key: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(key);
}

function byText(left: string | symbol, right: string | symbol): number {
  return String(left) < String(right) ? -1 : 1;
}
