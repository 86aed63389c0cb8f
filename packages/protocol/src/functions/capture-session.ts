import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';
import type { CodeWriteSession } from '../values/code-session.js';
import { isNative } from '../values/object-kinds.js';
import { Refusal } from '../values/refusal.js';
import type { PathStep } from '../values/refusal.js';
import { writeString } from '../values/strings.js';
import type { Writer } from '../values/writer.js';
import { writeExactProperties } from '../values/write-objects.js';
import type { Analysis } from './analyze.js';
import { CaptureClasses } from './capture-classes.js';
import type { CaptureContext } from './capture-context.js';
import type { CaptureControl } from './capture-control.js';
import { refuseSurroundings } from './capture-refusals.js';
import type { CaptureTools } from './capture-tools.js';
import { isPrimitive } from './capture-tools.js';
import { captureError, nameOf } from './capture-trail.js';
import type { CaptureFrame, Locate } from './capture-trail.js';
import { CLOSURE_HAS, CODE, encodeSection, MODULE_ENTRY } from './code-section.js';
import type { CodeSection } from './code-section.js';
import type { FileKind } from './file-kinds.js';
import { originOf } from './function-origin.js';
import type { InspectedFunction } from './inspect-function.js';
import { referenceIdentity } from './references.js';
import type { Reference } from './references.js';
import { onlyNeeded, resolveNames } from './resolve-names.js';
import type { Binding } from './resolve-names.js';
import { SharedScopes } from './shared-scopes.js';
import { UnitBuilder } from './unit-builder.js';

/** The functions and classes of one value while that is written. */
export class CaptureSession implements CaptureContext, CodeWriteSession {
  readonly tools: CaptureTools;
  readonly writer: Writer;
  readonly control: CaptureControl;
  readonly #locate: Locate;
  readonly #units = new Map<string, UnitBuilder>();
  readonly #references = new Map<string, { readonly index: number; readonly reference: Reference }>();
  readonly #classIds: string[] = [];
  readonly #frames: CaptureFrame[] = [];
  readonly #namespaces = new Map<string, Set<string>>();
  readonly #shared = new SharedScopes();
  readonly #classes = new CaptureClasses(this);
  #functions = 0;

  constructor(tools: CaptureTools, writer: Writer, control: CaptureControl, locate: Locate) {
    this.tools = tools;
    this.writer = writer;
    this.control = control;
    this.#locate = locate;
  }

  writeFunction(fn: CallableValue, depth: number): void {
    this.#frames.push({ fn, depth });
    this.#write(fn, depth);
    this.#frames.pop();
  }

  classOf(value: object, prototype: object): CallableValue {
    this.control.repeatable = false;
    return this.#classes.classOf(value, prototype);
  }

  writeKnownObject(value: object): boolean {
    const name = this.tools.globalNameOf(value);
    const reference = name === undefined ? this.tools.knownReference(value) : undefined;
    if (name === undefined && reference === undefined) return false;
    this.writer.writeDefinition(value, () => {
      if (name !== undefined) this.#writeGlobal(name);
      else if (reference !== undefined) this.writeReference(reference);
    });
    return true;
  }

  explain(refusal: Refusal, root: string, path: readonly PathStep[]): Error | undefined {
    if (this.#frames.length === 0) return undefined;
    const [first] = this.#frames as [CaptureFrame];
    // A function inside of other data: the trail begins where that data does.
    const outer = path.slice(0, first.depth);
    const error = captureError(refusal, this.#frames, path, this.#locate);
    if (outer.length === 0) return error;
    const where = outer.map((step) => (typeof step === 'object' ? step.text : `.${String(step)}`)).join('');
    return Object.assign(error, { message: `cannot serialise ${root}${where}: ${error.message}` });
  }

  finish(): void {
    const builders = [...this.#units.values()];
    const section: CodeSection = {
      units: builders.map((unit) => unit.build()),
      references: [...this.#references.values()].map(({ reference }) => reference),
      classIds: this.#classIds,
    };
    this.control.onFinish(section, builders);
    this.writer.sink.append(encodeSection(this.tools.sectionEncoder, section));
  }

  /** The unit of the script in which a function lies. */
  unitOf(inspected: InspectedFunction, kind: FileKind | undefined): UnitBuilder {
    const id = inspected.location?.scriptId ?? '';
    return this.#units.get(id) ?? this.#newUnit(kind, id);
  }

  /** Number of the identity of a class among those of this value. */
  addClassId(owner: CallableValue): number {
    const { contentOf } = this.control;
    if (contentOf === undefined) return 0;
    return this.#classIds.push(this.tools.identities.idOf(owner, contentOf)) - 1;
  }

  /** Writes the values of what a function captures: its own variables, then those of its module that are new. */
  writeBindings(unit: UnitBuilder, bindings: readonly Binding[], depth: number): void {
    for (const binding of bindings) if (binding.place === 'inner') this.#writeBinding(binding, depth);
    const { sink } = this.writer;
    for (const binding of bindings) if (binding.place === 'module') this.#writeModuleBinding(unit, binding, depth);
    sink.byte(MODULE_ENTRY.end);
  }

  /** Finds what the free names of a function stand for. */
  bindingsOf(fn: CallableValue, analysis: Analysis, inspected: InspectedFunction): Binding[] {
    const readScript = this.#functions++ > 0;
    const bindings = resolveNames(this.tools, { fn, analysis, inspected, readScript });
    this.#judgeRepeatable(fn, inspected, bindings);
    return bindings;
  }

  #write(fn: CallableValue, depth: number): void {
    if (types.isProxy(fn)) throw new Refusal('PROXY', 'it is a Proxy of a function', 'send the function behind it');
    const name = this.tools.globalNameOf(fn);
    if (name !== undefined) return this.#writeGlobal(name);
    const reference = this.tools.knownReference(fn);
    if (reference !== undefined) return this.writeReference(reference);
    const inspected = this.tools.inspect(fn);
    if (inspected.bound !== undefined) return this.#writeBound(inspected.bound, depth);
    if (isNative(fn)) throw nativeRefusal(fn);
    const analysis = this.tools.analyzer.analyze(Function.prototype.toString.call(fn));
    if (analysis.kind === 'class') return this.#classes.write(fn, analysis, inspected, depth);
    this.#writeClosure(fn, analysis, inspected, depth);
  }

  #writeClosure(fn: CallableValue, analysis: Analysis, inspected: InspectedFunction, depth: number): void {
    const isHelper = this.#functions > 0;
    const surroundings = refuseSurroundings(analysis);
    let bindings = surroundings === undefined ? this.bindingsOf(fn, analysis, inspected) : [];
    const kind = isHelper || surroundings !== undefined || bindings.some(isCode) ? this.kindOf(inspected) : undefined;
    const reference = this.referenceByPlace(fn, kind);
    if (reference !== undefined) return this.writeReference(reference);
    if (surroundings !== undefined) throw surroundings;
    const written = isHelper || this.control.allowWrites ? undefined : bindings.find(({ writes }) => writes);
    if (written !== undefined) throw writeRefusal(written.name);
    const sharing = this.#sharedUnit(inspected, bindings, kind);
    if (sharing !== undefined) bindings = bindings.map((binding) => ({ ...binding, place: 'module' }));
    const unit = sharing ?? this.unitOf(inspected, kind);
    if (analysis.usesImportMeta) unit.metaUrl = this.#metaUrl(inspected);
    const strict = this.#isStrict(fn, analysis, inspected, kind);
    const inner = bindings.filter(({ place }) => place === 'inner');
    const variables = inner.map(({ name }) => name);
    const maker = unit.addMaker({
      origin: originOf(fn, inspected),
      expression: analysis.expression,
      strict,
      variables,
    });
    const { sink } = this.writer;
    sink.byte(CODE.closure);
    sink.varint(unit.index);
    sink.varint(maker);
    sink.varint(inner.length);
    this.#writeHead(fn, analysis);
    this.writeBindings(unit, bindings, depth);
    this.#writeExtras(fn, analysis, depth);
  }

  #sharedUnit(
    inspected: InspectedFunction,
    bindings: readonly Binding[],
    kind: FileKind | undefined,
  ): UnitBuilder | undefined {
    const { location } = inspected;
    // Where the script was not read, this is the only function, which shares with nobody.
    if (kind === undefined || location === undefined) return undefined;
    const facts = this.tools.scripts.factsOf(location.scriptId);
    return this.#shared.unitFor(inspected, bindings, facts, () => this.#newUnit(kind, `shared ${this.#units.size}`));
  }

  #newUnit(kind: FileKind | undefined, key: string): UnitBuilder {
    const file = kind?.type === 'user' ? kind.file : '';
    const unit = new UnitBuilder(this.#units.size, file, file);
    this.#units.set(key, unit);
    return unit;
  }

  #writeHead(fn: CallableValue, analysis: Analysis): void {
    const { sink } = this.writer;
    const extras = ownExtras(fn);
    const prototype = analysis.isPlainFunction && hasOwnPrototypeContent(fn);
    if (extras.length > 0 || prototype) this.control.repeatable = false;
    const has =
      CLOSURE_HAS.name | (extras.length > 0 ? CLOSURE_HAS.properties : 0) | (prototype ? CLOSURE_HAS.prototype : 0);
    sink.byte(has);
    writeString(sink, nameOf(fn));
  }

  #writeExtras(fn: CallableValue, analysis: Analysis, depth: number): void {
    const extras = ownExtras(fn);
    if (extras.length > 0) writeExactProperties(this.writer, fn, extras, depth);
    if (analysis.isPlainFunction && hasOwnPrototypeContent(fn)) {
      const prototype = fn.prototype as object;
      const keys = Reflect.ownKeys(prototype).filter((key) => key !== 'constructor');
      const parent = Object.getPrototypeOf(prototype) as object | null;
      const owner = parent === Object.prototype ? undefined : (parent?.constructor as CallableValue | undefined);
      this.writer.path[depth] = { text: '.prototype' };
      this.writer.write(owner, depth + 1);
      writeExactProperties(this.writer, prototype, keys, depth);
    }
  }

  #writeBinding(binding: Binding, depth: number): void {
    const { writer } = this;
    writer.path[depth] = { text: `variable '${binding.name}'` };
    if (binding.reference !== undefined && !isPrimitive(binding.value)) {
      const { reference } = binding;
      // What it is here was checked to be no primitive.
      writer.writeDefinition(binding.value as object, () => this.writeReference(reference));
    } else if (binding.properties !== undefined) {
      writer.write(pickProperties(binding.value as object, binding.properties), depth + 1);
    } else writer.write(binding.value, depth + 1);
  }

  #writeModuleBinding(unit: UnitBuilder, binding: Binding, depth: number): void {
    const { sink } = this.writer;
    const { index, isNew } = unit.addModuleVariable(binding.name);
    if (binding.properties !== undefined) return this.#writeNamespace(unit, binding, index, depth);
    if (!isNew) return;
    sink.byte(MODULE_ENTRY.value);
    sink.varint(index);
    this.#writeBinding(binding, depth);
  }

  #writeNamespace(unit: UnitBuilder, binding: Binding, index: number, depth: number): void {
    const key = `${unit.index}.${index}`;
    const written = this.#namespaces.get(key) ?? new Set();
    this.#namespaces.set(key, written);
    for (const property of binding.properties ?? []) {
      if (written.has(property)) continue;
      written.add(property);
      const { sink } = this.writer;
      sink.byte(MODULE_ENTRY.namespaceProperty);
      sink.varint(index);
      writeString(sink, property);
      this.writer.path[depth] = { text: `variable '${binding.name}.${property}'` };
      this.writer.write(readProperty(binding, property), depth + 1);
    }
  }

  #writeBound({ target, self, args }: NonNullable<InspectedFunction['bound']>, depth: number): void {
    const { writer } = this;
    this.control.repeatable = false;
    writer.sink.byte(CODE.bound);
    writer.path[depth] = { text: 'bound function' };
    writer.writeCode(target, depth + 1);
    writer.path[depth] = { text: "bound 'this'" };
    writer.write(self, depth + 1);
    writer.path[depth] = { text: 'bound arguments' };
    writer.write(args, depth + 1);
  }

  #writeGlobal(name: string): void {
    this.writer.sink.byte(CODE.global);
    writeString(this.writer.sink, name);
  }

  /** Writes what stands for something that each process loads for itself. */
  writeReference(reference: Reference): void {
    this.writer.sink.byte(CODE.reference);
    const key = referenceIdentity(reference);
    let entry = this.#references.get(key);
    if (entry === undefined) {
      entry = { index: this.#references.size, reference };
      this.#references.set(key, entry);
    }
    this.writer.sink.varint(entry.index);
  }

  /** Whose code a function is; asking for it may read the list of scripts. */
  kindOf(inspected: InspectedFunction): FileKind | undefined {
    const { location } = inspected;
    return location === undefined ? undefined : this.tools.scripts.get(location.scriptId)?.kind;
  }

  /** How a function that lies in a package or in Node travels; refuses those that nobody can get at from outside. */
  referenceByPlace(fn: CallableValue, kind: FileKind | undefined): Reference | undefined {
    if (kind?.type === 'node') throw nativeRefusal(fn);
    if (kind?.type !== 'package') return undefined;
    const reference = this.tools.packages.fromFile(fn, kind.file, kind.info);
    if (reference !== undefined) return reference;
    throw new Refusal(
      'PKGLOCAL',
      `function '${nameOf(fn)}' was created inside package '${kind.info.name}' and is not one of its exports`,
      'create it inside the function, or at top level of a module that the worker imports; ' +
        'if your program is bundled, mark its packages as external',
    );
  }

  #judgeRepeatable(fn: CallableValue, inspected: InspectedFunction, bindings: readonly Binding[]): void {
    if (bindings.length === 0) return this.tools.keep(fn, onlyNeeded(inspected, []));
    const { location } = inspected;
    if (this.control.learnConstants && location !== undefined) this.tools.scripts.factsOf(location.scriptId);
    const known = this.control.learnConstants ? this.#withFacts(fn, inspected) : bindings;
    if (known.every(({ constant }) => constant)) this.tools.keep(fn, onlyNeeded(inspected, bindings));
    else this.control.repeatable = false;
    if (
      bindings.some(({ value, reference }) => typeof value === 'object' && value !== null && reference === undefined)
    ) {
      this.control.repeatable = false;
    }
  }

  #withFacts(fn: CallableValue, inspected: InspectedFunction): readonly Binding[] {
    const analysis = this.tools.analyzer.analyze(Function.prototype.toString.call(fn));
    return resolveNames(this.tools, { fn, analysis, inspected, readScript: true });
  }

  #isStrict(fn: CallableValue, analysis: Analysis, inspected: InspectedFunction, kind: FileKind | undefined): boolean {
    if (analysis.strict || inspected.scopes.some((scope) => scope.kind === 'module')) return true;
    // Only plain sloppy functions have this property of their own.
    if (Object.hasOwn(fn, 'arguments')) return false;
    const { location } = inspected;
    const facts =
      kind === undefined || location === undefined ? undefined : this.tools.scripts.factsOf(location.scriptId);
    if (facts !== undefined && analysis.kind !== 'function') return facts.strict;
    return this.tools.analyzer.parsesStrict(analysis);
  }

  #metaUrl(inspected: InspectedFunction): string {
    const { location } = inspected;
    return location === undefined ? '' : (this.tools.scripts.get(location.scriptId)?.url ?? '');
  }
}

function isCode({ value }: Binding): boolean {
  return typeof value === 'function';
}

function ownExtras(fn: CallableValue): (string | symbol)[] {
  return Reflect.ownKeys(fn).filter((key) => !STANDARD_KEYS.has(key));
}

const STANDARD_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

function hasOwnPrototypeContent(fn: CallableValue): boolean {
  const prototype: unknown = fn.prototype;
  if (typeof prototype !== 'object' || prototype === null) return false;
  const parent: unknown = Object.getPrototypeOf(prototype);
  return (
    Reflect.ownKeys(prototype).length > 1 || (parent !== Object.prototype && parent !== null && !isForeignRoot(parent))
  );
}

/** `Object.prototype` of another realm. */
function isForeignRoot(parent: unknown): boolean {
  return Object.getPrototypeOf(parent) === null;
}

function pickProperties(namespace: object, properties: ReadonlySet<string>): Record<string, unknown> {
  const picked = Object.create(null) as Record<string, unknown>;
  for (const key of properties) picked[key] = (namespace as Readonly<Record<string, unknown>>)[key];
  return picked;
}

function readProperty({ name, value }: Binding, property: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[property];
  } catch (error) {
    throw new Refusal('TDZ', `'${name}.${property}' has no value yet`, 'submit after its declaration has run', error);
  }
}

function writeRefusal(name: string): Refusal {
  return new Refusal(
    'WRITE',
    `it assigns to the captured variable '${name}'; each task works on a copy, so the change would be lost`,
    'return the value instead',
  );
}

function nativeRefusal(fn: CallableValue): Refusal {
  return new Refusal(
    'NATIVE',
    `function '${nameOf(fn)}' is native or made by Node, as util.promisify does`,
    'import its module inside the task, or wrap it in a function that is created there',
  );
}
