import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import { writeString } from '../values/strings.js';
import { writeExactProperties } from '../values/write-objects.js';
import type { Analysis } from './analyze.js';
import type { CaptureContext } from './capture-context.js';
import { refuseSurroundings } from './capture-refusals.js';
import { nameOf } from './capture-trail.js';
import { CODE, CODE_HAS } from './code-section.js';
import type { FileKind } from './file-kinds.js';
import { metaUrlOf } from './import-meta.js';
import type { ReadFunction } from './read-function.js';
import type { Binding } from './resolve-names.js';
import { IMPORT_FUNCTION } from './unit-builder.js';

/** How functions that are no classes are captured. */
export class CaptureClosures {
  readonly #session: CaptureContext;

  constructor(session: CaptureContext) {
    this.#session = session;
  }

  /** Writes a function by reference where a package has it, else by value: text, captures, own properties. */
  write(read: ReadFunction, depth: number): void {
    const session = this.#session;
    const { fn, analysis, inspected } = read;
    const isHelper = session.isInside;
    const surroundings = refuseSurroundings(analysis);
    const bindings = surroundings === undefined ? session.bindingsOf(read) : [];
    const needsKind = isHelper || surroundings !== undefined || bindings.some(isCode) || usesModule(analysis);
    const kind = needsKind ? session.kindOf(inspected) : undefined;
    const reference = session.referenceByPlace(fn, kind);
    if (reference !== undefined) return session.writeReference(reference);
    if (surroundings !== undefined) throw surroundings;
    const mayWrite = isHelper || session.control.allowWrites || session.rules.allowWrites;
    const written = mayWrite ? undefined : bindings.find(({ writes }) => writes);
    if (written !== undefined) throw writeRefusal(written.name);
    this.#writeByValue(read, { bindings, kind }, depth);
  }

  #writeByValue(
    { fn, text, analysis, inspected }: ReadFunction,
    { bindings, kind }: { readonly bindings: readonly Binding[]; readonly kind: FileKind | undefined },
    depth: number,
  ): void {
    const session = this.#session;
    const { sink } = session.writer;
    const placed = session.variables.place({ fn, text, inspected, bindings, kind });
    placed.unit.metaUrl = metaUrlOf(session, analysis, inspected) ?? placed.unit.metaUrl;
    const maker = placed.context.level.addMaker({
      origin: { text, location: inspected.location },
      expression: analysis.expression,
      strict: this.#isStrict({ fn, text, analysis, inspected }, kind),
      variables: placed.own.map(({ name }) => name),
    });
    sink.byte(CODE.closure);
    session.variables.writeContext(placed);
    sink.varint(maker);
    sink.varint(placed.own.length);
    const extras = ownExtras(fn);
    const hasPrototype = analysis.isPlainFunction && hasPrototypeContent(fn);
    if (extras.length > 0 || hasPrototype) session.control.repeatable = false;
    const has = (extras.length > 0 ? CODE_HAS.properties : 0) | (hasPrototype ? CODE_HAS.prototype : 0);
    const isDeep = session.writer.isDeep(depth);
    sink.byte(isDeep ? has | CODE_HAS.rest : has);
    writeString(sink, nameOf(fn));
    session.writeRest(depth, (at) => {
      session.variables.writeValues(placed, at);
      if (extras.length > 0) writeExactProperties(session.writer, fn, extras, at);
      if (hasPrototype) this.#writePrototype(fn.prototype as object, at);
    });
  }

  #writePrototype(prototype: object, depth: number): void {
    const { writer } = this.#session;
    const keys = Reflect.ownKeys(prototype).filter((key) => key !== 'constructor');
    const parent = Object.getPrototypeOf(prototype) as object | null;
    const owner = parent === Object.prototype ? undefined : (parent?.constructor as CallableValue | undefined);
    writer.path[depth] = { text: '.prototype' };
    writer.write(owner, depth + 1);
    writeExactProperties(writer, prototype, keys, depth);
  }

  #isStrict({ fn, analysis, inspected }: ReadFunction, kind: FileKind | undefined): boolean {
    if (analysis.strict || inspected.scopes.some((scope) => scope.kind === 'module')) return true;
    // Only plain sloppy functions have this property of their own.
    if (Object.hasOwn(fn, 'arguments')) return false;
    const { tools } = this.#session;
    const { location } = inspected;
    const facts = kind === undefined || location === undefined ? undefined : tools.scripts.factsOf(location.scriptId);
    if (facts !== undefined && analysis.kind !== 'function') return facts.strict;
    return tools.analyzer.parsesStrict(analysis);
  }
}

function isCode({ value }: Binding): boolean {
  return typeof value === 'function';
}

/** What it loads is looked for from where its file is. */
function usesModule({ loads, usesImportMeta, names }: Analysis): boolean {
  return loads.length > 0 || usesImportMeta || names.has(IMPORT_FUNCTION);
}

function ownExtras(fn: CallableValue): (string | symbol)[] {
  return Reflect.ownKeys(fn).filter((key) => !STANDARD_KEYS.has(key));
}

const STANDARD_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

function hasPrototypeContent(fn: CallableValue): boolean {
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

function writeRefusal(name: string): Refusal {
  return new Refusal(
    'WRITE',
    `it assigns to the captured variable '${name}'; each task works on a copy, so the change would be lost`,
    'return the value, and put the results together here: `const values = await client.gather(futures)`',
  );
}
