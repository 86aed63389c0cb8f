import { badValue } from '../values/byte-source.js';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeReadSession } from '../values/code-session.js';
import { fillExact } from '../values/read-objects.js';
import type { Reader } from '../values/reader.js';
import { CODE_HAS, CODE, SHARED_ENTRY } from './code-section.js';
import type { CodeSection } from './code-section.js';
import type { KnownClasses } from './error-stand-ins.js';
import { globalByName } from './known-globals.js';
import { loadError } from './load-errors.js';
import type { FunctionContext, MadeFunction } from './unit-runner.js';

/** What reading the code of one value needs. */
export interface CodeReaderParts {
  readonly section: CodeSection;
  readonly identities: KnownClasses;
  /** Whether functions may come with arguments. */
  readonly mayBind: boolean;
  /** The thing behind a reference, loaded before. */
  readonly loaded: (index: number) => unknown;
  /** A unit of this value, with variables of its own. */
  readonly unit: (index: number) => FunctionContext;
  /** What the module that is a unit exports under a name. */
  readonly moduleExport: (index: number, name: string) => CallableValue;
}

/** Reads functions and classes of one value: the counterpart of `CaptureSession`. */
export class CodeReader implements CodeReadSession {
  readonly #reader: Reader;
  readonly #parts: CodeReaderParts;
  readonly #contexts: FunctionContext[] = [];
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
      case CODE.module:
        return this.#reader.remember(this.#parts.moduleExport(source.varint(), this.#reader.readString()));
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
    this.#readRest(has, depth, (at) => {
      this.#readVariables(variables, setVariables, at);
      if (has & CODE_HAS.properties) fillExact(this.#reader, fn, at);
      if (has & CODE_HAS.prototype) this.#readPrototype(fn, at);
    });
    return fn;
  }

  /** Reads what belongs to a function: here, or behind the whole value if the writer put it off. */
  #readRest(has: number, depth: number, read: (depth: number) => void): void {
    if (has & CODE_HAS.rest) this.#reader.later(() => read(0));
    else read(depth);
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
    const has = source.byte();
    const name = reader.readString();
    const superclass = reader.read(depth + 1);
    const keys = this.#readKeys(depth);
    const known = this.#parts.identities.find(id);
    // The class that this process has already is the one that is meant. What came is read all the same, since other
    // values refer into it, but none of its code is evaluated.
    const made = known === undefined ? context.make(maker, superclass, keys) : undefined;
    const owner = reader.fulfil(number, known ?? (made as MadeFunction).value);
    if (made !== undefined) {
      this.#parts.identities.adopt(owner, id);
      setName(owner, name);
    }
    this.#readRest(has, depth, (at) => {
      this.#readVariables(variables, made?.setVariables ?? ignore, at);
      fillExact(reader, made === undefined ? {} : owner, at);
      fillExact(reader, made === undefined ? {} : (owner.prototype as object), at);
    });
    return owner;
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
  #readContext(): FunctionContext {
    const { source } = this.#reader;
    for (let fresh = source.count(2); fresh > 0; fresh--) {
      const parent = source.varint();
      const index = source.varint();
      this.#contexts.push(parent === 0 ? this.#parts.unit(index) : this.#context(parent - 1).inner(index));
    }
    return this.#context(source.varint());
  }

  #context(number: number): FunctionContext {
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
    if (!this.#parts.mayBind) {
      throw loadError('UNTRUSTED', 'a bound function came back, and this process takes none that it has not made', {});
    }
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

function ignore(): void {
  // Variables of a class that is not made have nowhere to go.
}

function setName(fn: CallableValue, name: string): void {
  const own = Object.getOwnPropertyDescriptor(fn, 'name');
  // A class may have a static member of this name.
  if (own === undefined || (typeof own.value === 'string' && own.value !== name)) {
    Object.defineProperty(fn, 'name', { value: name, configurable: true });
  }
}
