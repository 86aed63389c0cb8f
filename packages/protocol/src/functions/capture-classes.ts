import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';
import { classNameOf, isBuiltInPrototype, isNative } from '../values/object-kinds.js';
import { Refusal } from '../values/refusal.js';
import { writeString } from '../values/strings.js';
import { writeExactProperties } from '../values/write-objects.js';
import type { ClassFacts, ComputedMethod } from './analyze-class.js';
import type { ReadFunction } from './read-function.js';
import type { CaptureContext } from './capture-context.js';
import { nameOf } from './capture-trail.js';
import { CODE, CODE_HAS } from './code-section.js';
import { isOwnPackage } from './file-kinds.js';
import type { FileKind } from './file-kinds.js';
import { metaUrlOf } from './import-meta.js';

/** How classes and their instances are captured. */
export class CaptureClasses {
  readonly #session: CaptureContext;
  /** Prototypes whose instances may travel, and by which class. */
  readonly #owners = new Map<object, CallableValue>();

  constructor(session: CaptureContext) {
    this.#session = session;
  }

  /** Writes a class by reference where a package has it, else by value: heritage, keys, text, captures, statics, overrides. */
  write(read: ReadFunction, depth: number): void {
    const session = this.#session;
    const { fn: owner, inspected } = read;
    const kind = session.kindOf(inspected);
    if (kind?.type === 'node') throw handleRefusal(`Node's class ${nameOf(owner)}`);
    const reference = session.referenceByPlace(owner, kind);
    if (reference !== undefined) {
      session.writeReference(reference);
      return;
    }
    session.control.repeatable = false;
    this.#writeByValue(read, kind, depth);
  }

  #writeByValue(read: ReadFunction, kind: FileKind | undefined, depth: number): void {
    const session = this.#session;
    const { writer } = session;
    const { sink } = writer;
    const { fn: owner, text, analysis, inspected } = read;
    // The analysis of a class always has them.
    const facts = analysis.classFacts as ClassFacts;
    const placed = session.variables.place({ fn: owner, text, inspected, bindings: session.bindingsOf(read), kind });
    placed.unit.metaUrl = metaUrlOf(session, analysis, inspected) ?? placed.unit.metaUrl;
    const maker = placed.context.level.addMaker({
      origin: { text, location: inspected.location },
      expression: analysis.expression,
      strict: true,
      variables: placed.own.map(({ name }) => name),
    });
    sink.byte(CODE.class);
    session.variables.writeContext(placed);
    sink.varint(maker);
    sink.varint(placed.own.length);
    sink.varint(session.addClassId(owner));
    sink.byte(writer.isDeep(depth) ? CODE_HAS.rest : 0);
    writeString(sink, nameOf(owner));
    writer.path[depth] = { text: 'superclass' };
    if (facts.hasHeritage) writer.writeCode(superclassOf(owner), depth + 1);
    else writer.write(undefined, depth + 1);
    const keys = facts.computedMethods.map((method) => keyOfMethod(owner, method));
    sink.varint(keys.length);
    for (const key of keys) writer.write(key, depth + 1);
    session.writeRest(depth, (at) => {
      session.variables.writeValues(placed, at);
      writeExactProperties(writer, owner, staticKeys(owner, facts, keys), at);
      writeExactProperties(writer, prototypeOf(owner), overriddenKeys(owner, facts, keys), at);
    });
  }

  /** The class by which an instance travels. Refuses instances that the language or Node keeps state for. */
  classOf(value: object, prototype: object): CallableValue {
    const known = this.#owners.get(prototype);
    if (known !== undefined) return known;
    const owner: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof owner !== 'function' || (owner as CallableValue).prototype !== prototype) {
      throw new Refusal(
        'PROTOTYPE',
        'its prototype is an object that belongs to no class',
        'send a plain object or an instance of a class',
      );
    }
    for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      if (isBuiltInPrototype(at)) break;
      this.#checkClass(Object.getOwnPropertyDescriptor(at, 'constructor')?.value, value);
    }
    // Checked above; a class is a function that is not called.
    this.#owners.set(prototype, owner as CallableValue);
    return owner as CallableValue;
  }

  #checkClass(owner: unknown, value: object): void {
    if (typeof owner !== 'function') return;
    const target = owner as CallableValue;
    const name = nameOf(target);
    const { tools } = this.#session;
    if (isNodesOwn(tools.knownReference(target)?.kind) && types.isNativeError(value)) return;
    if (isNative(target) || isNodesOwn(tools.knownReference(target)?.kind))
      throw handleRefusal(`Node's ${name === '' ? 'own objects' : name}`);
    const known = tools.identities.referenceOf(target);
    const kind: FileKind | undefined =
      known === undefined ? this.#session.kindOf(this.#session.inspect(target)) : undefined;
    if (kind?.type === 'node') throw handleRefusal(`Node's ${name === '' ? 'own objects' : name}`);
    if (kind?.type === 'package') {
      if (isOwnPackage(kind.info.name)) return refuseOwnObject(name, value);
    }
    const analysis = tools.analyzer.analyze(Function.prototype.toString.call(target));
    const [member] = analysis.classFacts?.privateInstanceMembers ?? [];
    if (member === undefined) return;
    throw new Refusal(
      'PRIVATE',
      `it is an instance of ${name}, which has private members (${member}) that cannot be read from outside`,
      `write \`private ${member.slice(1)}\` instead, which only TypeScript checks; or say how ${name} travels, ` +
        "with static methods [Symbol.for('grid.serialize')] and [Symbol.for('grid.deserialize')]",
    );
  }
}

function isNodesOwn(kind: string | undefined): boolean {
  return kind === 'builtin';
}

/** Objects of this library stand for connections; its errors are plain data. */
function refuseOwnObject(name: string, value: object): void {
  if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') return;
  // Bundlers put an underscore before some names, and handles of futures are named after them.
  if (/^_?Future/.test(name)) {
    const fix = 'pass it as an argument: the task then gets its value';
    throw new Refusal('FUTURE', 'it is a Future, whose value is on a worker', fix);
  }
  if (/^_?Client/.test(name)) {
    throw new Refusal('CLIENT', 'it is a Client, which is a connection', 'call getClient() inside the task');
  }
  throw new Refusal(
    'CLIENT',
    `it is a ${name.replace(/^_/, '')} of this library, which belongs to this process`,
    'open it inside the task',
  );
}

function handleRefusal(what: string): Refusal {
  return new Refusal(
    'HANDLE',
    `it is an instance of ${what}, which holds state of this process`,
    'open it inside the function, or in a helper function that keeps it: `let open; const get = () => (open ??= …)`; ' +
      'capture only what is needed to open it, such as an address',
  );
}

function superclassOf(owner: CallableValue): CallableValue {
  const parent: unknown = Object.getPrototypeOf(owner);
  if (typeof parent !== 'function') {
    throw new Refusal(
      'CLASS',
      `the superclass of ${nameOf(owner)} is no class any more`,
      'do not change prototypes of classes',
    );
  }
  return parent as CallableValue;
}

function prototypeOf(owner: CallableValue): object {
  return owner.prototype as object;
}

/** Keys that the text does not make: fields with their values, and whatever was added later. */
function staticKeys(
  owner: CallableValue,
  facts: ClassFacts,
  computed: readonly (string | symbol)[],
): (string | symbol)[] {
  return Reflect.ownKeys(owner).filter((key) => {
    if (key === 'length' || key === 'prototype') return false;
    if (key === 'name')
      return facts.staticKeys.has('name')
        ? false
        : typeof Object.getOwnPropertyDescriptor(owner, key)?.value !== 'string';
    return !isFromText(owner, key, facts.staticKeys, computed);
  });
}

function overriddenKeys(
  owner: CallableValue,
  facts: ClassFacts,
  computed: readonly (string | symbol)[],
): (string | symbol)[] {
  const prototype = prototypeOf(owner);
  return Reflect.ownKeys(prototype).filter((key) => {
    return key !== 'constructor' && !isFromText(prototype, key, facts.prototypeKeys, computed);
  });
}

/** A member that stands in the class's text and has not been replaced since. */
function isFromText(
  holder: object,
  key: string | symbol,
  fromText: ReadonlySet<string>,
  computed: readonly (string | symbol)[],
): boolean {
  if (computed.includes(key)) return true;
  if (typeof key === 'symbol' || !fromText.has(key)) return false;
  const value: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value;
  if (typeof value !== 'function') return true;
  const owner: unknown = typeof holder === 'function' ? holder : (holder as { constructor?: unknown }).constructor;
  const classText = typeof owner === 'function' ? Function.prototype.toString.call(owner) : '';
  return classText.includes(Function.prototype.toString.call(value));
}

/** Where a property keeps a member of each kind. */
const PART_OF_KIND = { get: 'get', set: 'set', method: 'value', constructor: 'value' } as const;

/** The key that a method with a computed name got: that of the member with its text. */
function keyOfMethod(owner: CallableValue, method: ComputedMethod): string | symbol {
  const holder = method.isStatic ? owner : prototypeOf(owner);
  for (const key of Reflect.ownKeys(holder)) {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    const member: unknown = property === undefined ? undefined : Reflect.get(property, PART_OF_KIND[method.kind]);
    if (typeof member === 'function' && Function.prototype.toString.call(member) === method.text) return key;
  }
  throw new Refusal(
    'CLASS',
    `the name of a method of ${classNameOf(holder)} cannot be found out: ${method.text.slice(0, 40)}`,
    'give the method a plain name',
  );
}
