import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeReadSession } from '../values/code-session.js';
import { fillExact } from '../values/read-objects.js';
import type { Reader } from '../values/reader.js';
import type { ClassIdentities } from './class-identities.js';
import { CLOSURE_HAS, CODE, SHARED_ENTRY } from './code-section.js';
import type { CodeSection } from './code-section.js';
import { globalByName } from './known-globals.js';
import type { UnitContext } from './unit-runner.js';

/** What reading the code of one value needs. */
export interface CodeReaderParts {
  readonly section: CodeSection;
  readonly identities: ClassIdentities;
  /** The thing behind a reference, loaded before. */
  readonly loaded: (index: number) => unknown;
  /** A unit of this value, with variables of its own. */
  readonly unit: (index: number) => UnitContext;
}

/** Reads functions and classes of one value: the counterpart of `CaptureSession`. */
export class CodeReader implements CodeReadSession {
  readonly #reader: Reader;
  readonly #parts: CodeReaderParts;
  readonly #contexts: UnitContext[] = [];
  readonly #namespaces = new Map<string, object>();

  constructor(reader: Reader, parts: CodeReaderParts) {
    this.#reader = reader;
    this.#parts = parts;
  }

  readCode(depth: number): unknown {
    const { source } = this.#reader;
    switch (source.byte()) {
      case CODE.closure:
        return this.#readClosure(depth);
      case CODE.reference:
        return this.#reader.remember(this.#parts.loaded(source.varint()));
      case CODE.global:
        return this.#readGlobal();
      case CODE.bound:
        return this.#readBound(depth);
      case CODE.class:
        return this.#readClass(depth);
      default:
        throw badValue('an unknown kind of function');
    }
  }

  #readClosure(depth: number): CallableValue {
    const { source } = this.#reader;
    const { value: fn, setVariables } = this.#readContext().make(source.varint(), undefined, []);
    const variables = source.count(1);
    const has = source.byte();
    const name = this.#reader.readString();
    this.#reader.remember(fn);
    setName(fn, name);
    this.#readVariables(variables, setVariables, depth);
    if (has & CLOSURE_HAS.properties) fillExact(this.#reader, fn, depth);
    if (has & CLOSURE_HAS.prototype) this.#readPrototype(fn, depth);
    return fn;
  }

  #readPrototype(fn: CallableValue, depth: number): void {
    const parent = this.#reader.read(depth + 1);
    const prototype: unknown = fn.prototype;
    if (typeof prototype !== 'object' || prototype === null) throw badValue('a function has no prototype');
    if (typeof parent === 'function') Object.setPrototypeOf(prototype, parent.prototype as object);
    fillExact(this.#reader, prototype, depth);
  }

  #readClass(depth: number): CallableValue {
    const reader = this.#reader;
    const { source } = reader;
    const number = reader.reserveNumber();
    const context = this.#readContext();
    const maker = source.varint();
    const variables = source.count(1);
    const id = this.#parts.section.classIds[source.varint()];
    if (id === undefined) throw badValue('a class has no identity');
    const name = reader.readString();
    const superclass = reader.read(depth + 1);
    const keys = this.#readKeys(depth);
    const known = this.#parts.identities.find(id);
    if (known !== undefined) {
      // The class that this process has already is the one that is meant. What came is read all the same, since other
      // values refer into it, but none of its code is evaluated.
      reader.fulfil(number, known);
      this.#readVariables(variables, () => undefined, depth);
      fillExact(reader, {}, depth);
      fillExact(reader, {}, depth);
      return known;
    }
    const { value: made, setVariables } = context.make(maker, superclass, keys);
    reader.fulfil(number, made);
    this.#parts.identities.adopt(made, id);
    setName(made, name);
    this.#readVariables(variables, setVariables, depth);
    fillExact(reader, made, depth);
    fillExact(reader, made.prototype as object, depth);
    return made;
  }

  #readKeys(depth: number): (string | symbol)[] {
    const count = this.#reader.source.count(1);
    const keys: (string | symbol)[] = [];
    for (let i = 0; i < count; i++) {
      const key = this.#reader.read(depth + 1);
      if (typeof key !== 'string' && typeof key !== 'symbol') throw badValue('a key is neither text nor symbol');
      keys.push(key);
    }
    return keys;
  }

  /** Reads which context a function is made in, after those that nobody needed before. */
  #readContext(): UnitContext {
    const { source } = this.#reader;
    for (let fresh = source.count(2); fresh > 0; fresh--) {
      const parent = source.varint();
      const index = source.varint();
      this.#contexts.push(parent === 0 ? this.#parts.unit(index) : this.#context(parent - 1).inner(index));
    }
    return this.#context(source.varint());
  }

  #context(number: number): UnitContext {
    const context = this.#contexts[number];
    if (context === undefined) throw badValue('a function has no surroundings');
    return context;
  }

  #readVariables(own: number, setVariables: (values: readonly unknown[]) => void, depth: number): void {
    const values: unknown[] = [];
    for (let i = 0; i < own; i++) values.push(this.#reader.read(depth + 1));
    setVariables(values);
    const { source } = this.#reader;
    for (let entry = source.byte(); entry !== SHARED_ENTRY.end; entry = source.byte()) {
      const context = source.varint();
      const index = source.varint();
      if (entry === SHARED_ENTRY.value) this.#context(context).setVariable(index, this.#reader.read(depth + 1));
      else if (entry === SHARED_ENTRY.namespaceProperty) this.#readNamespaceProperty(context, index, depth);
      else throw badValue('an unknown kind of variable');
    }
  }

  #readNamespaceProperty(context: number, index: number, depth: number): void {
    const key = this.#reader.readString();
    const id = `${context}.${index}`;
    let namespace = this.#namespaces.get(id);
    if (namespace === undefined) {
      namespace = Object.create(null) as object;
      this.#namespaces.set(id, namespace);
      this.#context(context).setVariable(index, namespace);
    }
    const value = this.#reader.read(depth + 1);
    Object.defineProperty(namespace, key, { value, enumerable: true, writable: true, configurable: true });
  }

  #readBound(depth: number): CallableValue {
    const reader = this.#reader;
    const number = reader.reserveNumber();
    const target = reader.readCallable(depth + 1);
    const self = reader.read(depth + 1);
    const args = reader.read(depth + 1);
    if (!Array.isArray(args)) throw badValue('bound arguments are no array');
    const bound = target.bind(self, ...(args as never[]));
    return reader.fulfil(number, bound);
  }

  #readGlobal(): unknown {
    const name = this.#reader.readString();
    const value = globalByName(name);
    if (value === undefined) throw badValue(`this process has no ${name}`);
    return this.#reader.remember(value);
  }
}

function setName(fn: CallableValue, name: string): void {
  const own = Object.getOwnPropertyDescriptor(fn, 'name');
  // A class may have a static member of this name.
  if (own === undefined || (typeof own.value === 'string' && own.value !== name)) {
    Object.defineProperty(fn, 'name', { value: name, configurable: true });
  }
}
