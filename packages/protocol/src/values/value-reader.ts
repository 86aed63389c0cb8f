import { ByteSource, badValue } from './byte-source.js';
import type { CallableValue } from './callable-value.js';
import type { CodeReadSession } from './code-session.js';
import type { DecodeOptions } from './encode-options.js';
import { readArrayBuffer, readView } from './read-buffers.js';
import { readBuiltIn, readMapContent, readSetContent } from './read-built-ins.js';
import { newInstance, readInstance } from './read-instances.js';
import { fillArray, isArrayTag, readNewArray } from './read-arrays.js';
import { fillExact, fillObject } from './read-objects.js';
import type { Reader } from './reader.js';
import { ReceivedBuffers } from './received-buffers.js';
import { ReceivedShapes } from './received-shapes.js';
import { defaultSerializers } from './default-serializers.js';
import type { SerializerRegistry } from './serializers.js';
import { readLatin1, readUtf16, readUtf8 } from './strings.js';
import { MAX_BIGINT_BYTES, MAX_DEPTH, SHELL, SHORT_STRING_LIMIT, TAG, WELL_KNOWN_SYMBOLS } from './tags.js';

/** The writer goes as deep as its limit and some levels for what belongs to one value. */
const READ_DEPTH = MAX_DEPTH + 50;

/** How many slots for objects stay allocated from one value to the next. */
const KEPT_OBJECTS = 64;

const NO_OPTIONS: DecodeOptions = {};

/** Reads one value after the other: the counterpart of `ValueWriter`. */
export class ValueReader implements Reader {
  readonly source = new ByteSource();
  readonly shapes = new ReceivedShapes();
  readonly buffers = new ReceivedBuffers();
  options: DecodeOptions = NO_OPTIONS;
  serializers: SerializerRegistry = defaultSerializers;
  /** Slots are emptied rather than removed: setting the length of an array is slow. */
  #objects: unknown[] = [];
  #count = 0;
  #rests: (() => void)[] = [];
  #session: CodeReadSession | undefined;

  begin(buffers: readonly Uint8Array[], options: DecodeOptions): void {
    this.buffers.begin(buffers);
    this.options = options;
    this.serializers = options.serializers ?? defaultSerializers;
  }

  /** Lets go of everything that belongs to the value just read. */
  end(): void {
    if (this.#count > KEPT_OBJECTS) this.#objects = [];
    else for (let i = 0; i < this.#count; i++) this.#objects[i] = undefined;
    this.#count = 0;
    if (this.#rests.length > 0) this.#rests = [];
    this.shapes.end();
    this.buffers.end();
    this.options = NO_OPTIONS;
    this.#session = undefined;
  }

  readRoot(): unknown {
    const value = this.read(0);
    for (let i = 0; i < this.#rests.length; i++) (this.#rests[i] as () => void)();
    return value;
  }

  /** Gives an object the next number, as the writer did. */
  remember<T>(value: T): T {
    this.#objects[this.#count++] = value;
    return value;
  }

  /** Takes the next number for an object that does not exist yet. */
  reserveNumber(): number {
    this.#objects[this.#count] = undefined;
    return this.#count++;
  }

  /** Gives a number taken before to its object. */
  fulfil<T>(index: number, value: T): T {
    this.#objects[index] = value;
    return value;
  }

  get session(): CodeReadSession {
    if (this.#session === undefined) throw badValue('they hold code, and only data is accepted here');
    return this.#session;
  }

  set session(session: CodeReadSession) {
    this.#session = session;
  }

  read(depth: number): unknown {
    const source = this.source;
    const tag = source.byte();
    if (tag >= TAG.smallInt) return tag & 0x3f;
    if (tag >= TAG.shortShape) return this.#readObject(tag, depth);
    if (tag >= TAG.shortArray) return readNewArray(this, tag, depth);
    if (tag >= TAG.shortString) return this.#readShortString(tag & (SHORT_STRING_LIMIT - 1));
    return this.#readTagged(tag, depth);
  }

  readNew(depth: number): object {
    const { source } = this;
    const tag = source.at < source.end ? (source.bytes[source.at] as number) : TAG.undefined;
    const value = isNewObjectTag(tag) ? this.read(depth) : undefined;
    if (typeof value !== 'object' || value === null) throw badValue('the content of an object is missing');
    return value;
  }

  /** Reads what must be a string. */
  readString(): string {
    const value = this.read(0);
    if (typeof value !== 'string') throw badValue('a text is missing');
    return value;
  }

  /** Reads what must be a function or class. */
  readCallable(depth: number): CallableValue {
    const value = this.read(depth);
    if (typeof value !== 'function') throw badValue('a class is missing');
    // `typeof` proves that it can be called; nobody knows with what.
    return value as CallableValue;
  }

  #readTagged(tag: number, depth: number): unknown {
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.int: {
        const zigzag = this.source.varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case TAG.float:
        return this.source.float();
      case TAG.backReference:
        return this.#readBackReference();
      case TAG.reference:
        return this.#readReference();
      case TAG.latin1:
      case TAG.utf8:
      case TAG.utf16:
        return this.#readLongString(tag);
      default:
        return this.#readRare(tag, depth);
    }
  }

  #readRare(tag: number, depth: number): unknown {
    if (depth > READ_DEPTH) throw badValue('they are nested too deep');
    if (isArrayTag(tag)) return readNewArray(this, tag, depth);
    switch (tag) {
      case TAG.newShape:
      case TAG.shape:
      case TAG.dictionary:
      case TAG.exactObject:
        return this.#readObject(tag, depth);
      case TAG.nullObject:
        return fillObject(this, this.remember(nullObject()), this.source.byte(), depth);
      case TAG.shell:
        return this.#readShell(depth);
      case TAG.bigint64:
        return this.source.bigint64();
      case TAG.bigintPositive:
        return this.#readBigInt();
      case TAG.bigintNegative:
        return -this.#readBigInt();
      case TAG.symbolFor:
        return Symbol.for(this.readString());
      case TAG.wellKnownSymbol:
        return this.#readWellKnownSymbol();
      case TAG.view:
        return readView(this);
      case TAG.arrayBuffer:
        return readArrayBuffer(this);
      case TAG.registered:
      case TAG.symbolSerialized:
      case TAG.instance:
      case TAG.subclass:
        return readInstance(this, tag, depth);
      case TAG.code:
        return this.session.readCode(depth);
      case TAG.future:
        return this.#readFuture();
      case TAG.actor:
        return this.#readActor(depth);
      default:
        return readBuiltIn(this, tag, depth);
    }
  }

  #readObject(tag: number, depth: number): unknown {
    if (depth > READ_DEPTH) throw badValue('they are nested too deep');
    return fillObject(this, this.remember({}), tag, depth);
  }

  #readShortString(length: number): string {
    const { source } = this;
    const start = source.at;
    if (length > source.left) throw badValue('they end within a text');
    source.at = start + length;
    return readLatin1(source.bytes, start, start + length);
  }

  #readLongString(tag: number): string {
    const { source } = this;
    const size = source.count(1);
    const start = source.at;
    source.at = start + size;
    if (tag === TAG.latin1) return readLatin1(source.bytes, start, start + size);
    if (tag === TAG.utf8) return readUtf8(source.bytes, start, start + size);
    return readUtf16(source.bytes, start, start + size);
  }

  #readBigInt(): bigint {
    const size = this.source.count(1);
    if (size === 0 || size > MAX_BIGINT_BYTES) throw badValue('a bigint has no valid size');
    return BigInt(`0x${Buffer.from(this.source.take(size)).toString('hex')}`);
  }

  #readWellKnownSymbol(): symbol {
    const symbol = WELL_KNOWN_SYMBOLS[this.source.byte()];
    if (symbol === undefined) throw badValue('an unknown symbol');
    return symbol;
  }

  #readBackReference(): unknown {
    const index = this.source.varint();
    const value = index < this.#count ? this.#objects[index] : undefined;
    if (value === undefined) throw badValue('they refer to an object that is not there');
    return value;
  }

  #readReference(): unknown {
    const index = this.source.varint();
    if (this.options.resolveReference === undefined) throw badValue('they hold a reference, and none is accepted here');
    return this.options.resolveReference(index);
  }

  #readFuture(): object {
    return this.remember(this.#futureOf(this.readString()));
  }

  /** Its number comes after that of what describes it. */
  #readActor(depth: number): object {
    const key = this.readString();
    const about = this.read(depth + 1);
    if (typeof about !== 'object' || about === null) throw badValue('what describes an actor is missing');
    return this.remember(this.#futureOf(key, about));
  }

  #futureOf(key: string, actor?: object): object {
    const { futureOf } = this.options;
    if (futureOf === undefined) throw badValue('they hold a future, and none is accepted here');
    return futureOf(key, actor);
  }

  /** Reads the rest of a value behind the whole value. */
  later(read: () => void): void {
    this.#rests.push(read);
  }

  /** A container or instance whose content comes behind the whole value. */
  #readShell(depth: number): object {
    switch (this.source.byte()) {
      case SHELL.array:
        return this.#shell([], (items) => void fillArray(this, items, this.source.byte(), 0));
      case SHELL.object:
        return this.#shell({}, (object) => void fillObject(this, object, this.source.byte(), 0));
      case SHELL.nullObject:
        return this.#shell(nullObject(), (object) => void fillObject(this, object, this.source.byte(), 0));
      case SHELL.map:
        return this.#shell(new Map(), (map) => void readMapContent(this, map, 0));
      case SHELL.set:
        return this.#shell(new Set(), (set) => void readSetContent(this, set, 0));
      case SHELL.instance:
        return this.#shell(newInstance(this, depth), (instance) => void fillExact(this, instance, 0));
      default:
        throw badValue('an unknown container');
    }
  }

  #shell<T extends object>(shell: T, fill: (shell: T) => void): T {
    this.remember(shell);
    this.later(() => fill(shell));
    return shell;
  }
}

/** Tells whether a tag defines an array or an object of the language. */
function isNewObjectTag(tag: number): boolean {
  if (tag >= TAG.shortArray) return tag < TAG.shortShape;
  if (tag === TAG.shell || isArrayTag(tag)) return true;
  return (tag >= TAG.map && tag <= TAG.boxed) || tag === TAG.view || tag === TAG.arrayBuffer;
}

function nullObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
