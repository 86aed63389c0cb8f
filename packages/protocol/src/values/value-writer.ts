import { types } from 'node:util';
import { BufferTable } from './buffer-table.js';
import type { ByteSink } from './byte-sink.js';
import type { CallableValue } from './callable-value.js';
import type { CodeWriteSession } from './code-session.js';
import { refuseMarked } from './do-not-capture.js';
import type { EncodeOptions } from './encode-options.js';
import { writeArray, writeArrayContent } from './write-arrays.js';
import { extraKeys, writeBuiltIn, writeMapContent, writeSetContent } from './write-built-ins.js';
import { writeInstance } from './write-instances.js';
import { writeBigInt, writeNumber, writeSymbol } from './write-primitives.js';
import { writeExactProperties, writePlainObject, writeObjectContent } from './write-objects.js';
import { brandOf, isBuiltInPrototype, refuseImpostor, refuseUnsendable } from './object-kinds.js';
import type { Brand } from './object-kinds.js';
import { Refusal } from './refusal.js';
import type { PathStep } from './refusal.js';
import { defaultSerializers } from './default-serializers.js';
import { Rests } from './rests.js';
import type { SerializerRegistry } from './serializers.js';
import { ShapeTable } from './shapes.js';
import { writeString } from './strings.js';
import { MAX_DEPTH, SHELL, SHELL_DEPTH, TAG } from './tags.js';
import { UsedPackages } from './used-packages.js';
import type { ContainerKind, Writer } from './writer.js';
import { WrittenObjects } from './written-objects.js';

/** Steps of a path that stay allocated from one value to the next. */
const KEPT_PATH = 64;

const NO_OPTIONS: EncodeOptions = {};

/**
 * Writes one value after the other into a sink: the recursion, identity, paths for errors. What single kinds of values look
 * like is the matter of the `write-*` files.
 */
export class ValueWriter implements Writer {
  sink: ByteSink;
  readonly shapes = new ShapeTable();
  readonly buffers = new BufferTable();
  options: EncodeOptions = NO_OPTIONS;
  /** Where the writer is: one step for each depth. Whoever writes a child sets the step at its own depth first. */
  readonly path: PathStep[] = [];
  readonly inSerializer = new Set<object>();
  readonly packages = new UsedPackages();
  /** Whether a future was written. */
  hasFutures = false;
  #serializers: SerializerRegistry = defaultSerializers;
  readonly #objects = new WrittenObjects();
  readonly #rests = new Rests();
  /** Containers that have a number, but whose content comes later. */
  readonly #putOff = new Set<object>();
  #depth = 0;
  #session: CodeWriteSession | undefined;
  /** Whether a prototype is the language's own: the answer costs a look at source text. */
  readonly #builtIn = new WeakMap<object, boolean>();

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  get serializers(): SerializerRegistry {
    return this.#serializers;
  }

  /** The code of this value, if any was met. */
  get session(): CodeWriteSession | undefined {
    return this.#session;
  }

  /** @param session - code of the same value, which is written once more */
  begin(sink: ByteSink, options: EncodeOptions, session?: CodeWriteSession): void {
    this.sink = sink;
    this.options = options;
    this.#session = session?.again();
    this.#serializers = options.serializers ?? defaultSerializers;
    this.shapes.begin();
    this.#depth = 0;
  }

  /** Lets go of everything that belongs to the value just written. */
  end(): void {
    this.#objects.end();
    this.#rests.end();
    this.#session = undefined;
    this.hasFutures = false;
    this.buffers.end();
    this.options = NO_OPTIONS;
    if (this.inSerializer.size > 0) this.inSerializer.clear();
    if (this.#putOff.size > 0) this.#putOff.clear();
    this.packages.end();
    // A few short keys may stay; a long path may hold much that is the user's.
    if (this.path.length > KEPT_PATH) this.path.length = 0;
  }

  /** Writes the value and all that was put off because it lies too deep. */
  writeRoot(value: unknown): void {
    this.write(value, 0);
    this.#rests.writeAll((place) => {
      if (this.#session !== undefined) this.#session.place = place;
    });
  }

  /** Appends a value with its tag. `depth` is how deep it lies. */
  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'number':
        return writeNumber(this.sink, value);
      case 'string':
        return writeString(this.sink, value);
      case 'object':
        if (value === null) return this.sink.byte(TAG.null);
        return this.#writeObject(value, depth);
      case 'undefined':
        return this.sink.byte(TAG.undefined);
      case 'boolean':
        return this.sink.byte(value ? TAG.true : TAG.false);
      case 'bigint':
        return writeBigInt(this.sink, value);
      case 'symbol':
        this.#depth = depth;
        return writeSymbol(this.sink, value);
      case 'function':
        // `typeof` proves that it can be called; the type only adds that nobody knows with what.
        return this.writeCode(value as CallableValue, depth);
    }
  }

  /** Where the writer stands, for errors. */
  currentPath(): PathStep[] {
    return [...this.#rests.path, ...this.path.slice(0, this.#depth)];
  }

  /** Notes how deep the value is that is now refused. */
  atDepth(depth: number): void {
    this.#depth = depth;
  }

  /** Gives an object the next number, by which later occurrences refer to it. */
  remember(value: object): void {
    this.#objects.add(value);
  }

  /** Writes a function or class, where the options allow that. */
  writeCode(fn: CallableValue, depth: number): void {
    this.#depth = depth;
    if (this.#writeKnown(fn)) return;
    const reference = this.options.referenceOf?.(fn);
    if (reference !== undefined) return this.#writeReference(reference);
    if (depth > MAX_DEPTH) throw tooDeep();
    const session = this.codeSession(() => functionRefusal(fn));
    if (!types.isProxy(fn)) refuseMarked(fn);
    this.remember(fn);
    this.sink.byte(TAG.code);
    session.writeFunction(fn, depth);
  }

  /** Writes a definition for something that stands for `value`, unless that was written before. */
  writeDefinition(value: object, define: () => void): void {
    if (this.#writeKnown(value)) return;
    this.remember(value);
    this.sink.byte(TAG.code);
    define();
  }

  noteFuture(): void {
    this.hasFutures = true;
  }

  /** The code of this value, started when first needed. */
  codeSession(refusal: () => Refusal): CodeWriteSession {
    if (this.#session !== undefined) return this.#session;
    if (this.options.code === undefined) throw refusal();
    this.#session = this.options.code.begin(this);
    return this.#session;
  }

  /** Tells whether a prototype belongs to the language or to Node, in any realm. */
  isBuiltIn(prototype: object): boolean {
    let known = this.#builtIn.get(prototype);
    if (known === undefined) {
      known = isBuiltInPrototype(prototype);
      this.#builtIn.set(prototype, known);
    }
    return known;
  }

  /** Puts a container's content off if it lies too deep to be written here. Its tag is written then. */
  putOff(value: object, kind: ContainerKind, depth: number): boolean {
    if (!this.isDeep(depth)) return false;
    const nullObject = kind === 'object' && Object.getPrototypeOf(value) === null;
    this.sink.byte(TAG.shell);
    this.sink.byte(SHELL[nullObject ? 'nullObject' : kind]);
    this.#putOff.add(value);
    this.later(depth, () => {
      this.#putOff.delete(value);
      this.#writeContent(value, kind);
    });
    return true;
  }

  isDeep(depth: number): boolean {
    // What a deserializer is given has to be whole when it is called.
    return depth >= SHELL_DEPTH && this.inSerializer.size === 0;
  }

  /** Puts off the rest of a value that lies at `depth`. */
  later(depth: number, write: () => void): void {
    this.#rests.add(write, this.path.slice(0, depth), this.#session?.place);
  }

  wholeDepth(depth: number): number {
    return this.#rests.depth + depth;
  }

  #writeObject(value: object, depth: number): void {
    if (this.#writeKnown(value)) return;
    this.#depth = depth;
    const referenceOf = this.options.referenceOf;
    if (referenceOf !== undefined) {
      const reference = referenceOf(value);
      if (reference !== undefined) return this.#writeReference(reference);
    }
    if (depth > MAX_DEPTH) throw tooDeep();
    // What a function captures is looked at as such also where the function lies inside of data.
    if ((this.options.exact === true || this.#session !== undefined) && this.#writeKnownObject(value)) return;
    if (types.isProxy(value)) refuseUnsendable(value);
    refuseMarked(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      // `Array.isArray` makes it `any[]`; the items are looked at one by one.
      const items = value as readonly unknown[];
      if (prototype === Array.prototype || this.#hasBuiltInPrototype(prototype)) writeArray(this, items, depth);
      else writeInstance(this, value, 'array', depth);
    } else if (prototype === Object.prototype) {
      this.#writePlain(value, depth);
    } else {
      this.#writeOther(value, prototype, depth);
    }
  }

  #writePlain(value: object, depth: number): void {
    if (types.isArgumentsObject(value)) refuseUnsendable(value);
    writePlainObject(this, value as Record<string, unknown>, depth);
  }

  #writeOther(value: object, prototype: unknown, depth: number): void {
    if (prototype === null || types.isModuleNamespaceObject(value)) {
      // A namespace has no prototype either; its bindings are its properties.
      return writePlainObject(this, value as Record<string, unknown>, depth);
    }
    if (this.#hasBuiltInPrototype(prototype)) return this.#writeBuiltIn(value, depth);
    const isRegistered = this.#serializers.forInstance(value, prototype as object) !== undefined;
    writeInstance(this, value, isRegistered ? 'object' : brandOf(value), depth);
  }

  #writeBuiltIn(value: object, depth: number): void {
    const brand: Brand = brandOf(value);
    if (brand === 'object') {
      refuseUnsendable(value);
      refuseImpostor(value);
      return writePlainObject(this, value as Record<string, unknown>, depth);
    }
    const extras = extraKeys(value, brand);
    if (extras.length > 0) this.sink.byte(TAG.extended);
    writeBuiltIn(this, value, brand, depth);
    if (extras.length > 0) writeExactProperties(this, value, extras, depth);
  }

  #hasBuiltInPrototype(prototype: unknown): boolean {
    return typeof prototype === 'object' && prototype !== null && this.isBuiltIn(prototype);
  }

  #writeKnownObject(value: object): boolean {
    return this.options.code !== undefined && this.codeSession(neverRefused).writeKnownObject(value);
  }

  #writeKnown(value: object): boolean {
    const index = this.#objects.indexOf(value);
    if (index < 0) return false;
    if (this.inSerializer.size > 0 && this.#putOff.has(value)) throw tooDeep();
    this.sink.byte(TAG.backReference);
    this.sink.varint(index);
    return true;
  }

  #writeReference(index: number): void {
    this.sink.byte(TAG.reference);
    this.sink.varint(index);
  }

  #writeContent(value: object, kind: ContainerKind): void {
    if (kind === 'array') writeArrayContent(this, value as readonly unknown[], 0);
    else if (kind === 'map') writeMapContent(this, value as Map<unknown, unknown>, 0);
    else if (kind === 'set') writeSetContent(this, value as Set<unknown>, 0);
    else writeObjectContent(this, value as Record<string, unknown>, 0);
  }
}

function tooDeep(): Refusal {
  return new Refusal('DEEP', `it lies more than ${MAX_DEPTH} levels deep`, 'flatten it, or send it in parts');
}

function neverRefused(): Refusal {
  return new Refusal('FUNCTION', 'it is code', 'send data');
}

function functionRefusal(fn: CallableValue): Refusal {
  const what = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  const name = typeof fn.name === 'string' && fn.name !== '' ? ` '${fn.name}'` : '';
  return new Refusal('FUNCTION', `it is the ${what}${name}, and only data can be sent here`, 'send what it returns');
}
