import type { CallableValue } from '../values/callable-value.js';
import { Refusal } from '../values/refusal.js';
import { writeString } from '../values/strings.js';
import type { Writer } from '../values/writer.js';
import { isPrimitive } from './capture-tools.js';
import type { CaptureTools } from './capture-tools.js';
import { SHARED_ENTRY } from './code-section.js';
import type { FileKind } from './file-kinds.js';
import type { FunctionLocation, FunctionScope, InspectedFunction } from './inspect-function.js';
import type { Reference } from './references.js';
import type { Binding } from './resolve-names.js';
import { SharedScopes } from './shared-scopes.js';
import type { CodeContext, FunctionPlace } from './shared-scopes.js';
import type { SharedVariables } from './shared-variables.js';
import { findDeclaration } from './static-scopes.js';
import type { StaticScope } from './static-scopes.js';
import { UnitBuilder } from './unit-builder.js';
import type { SectionUnit } from './unit-builder.js';

/** A function, and what its free names stand for. */
export interface BoundFunction {
  readonly fn: CallableValue;
  readonly text: string;
  readonly inspected: InspectedFunction;
  readonly bindings: readonly Binding[];
  readonly kind: FileKind | undefined;
}

/** Where the variables of a function are on the other side. */
export interface PlacedVariables {
  readonly unit: UnitBuilder;
  /** What the function is made in. */
  readonly context: CodeContext;
  /** Variables that it has for itself. */
  readonly own: readonly Binding[];
  /** Variables that it shares with other functions. */
  readonly shared: readonly SharedBinding[];
  /** Contexts that it is the first to need, outer ones first. */
  readonly fresh: readonly CodeContext[];
}

interface SharedBinding {
  readonly binding: Binding;
  readonly context: CodeContext;
}

/** A script of the program; more than one if what it has imported differs between its functions. */
interface ScriptContext {
  readonly context: CodeContext;
  readonly unit: UnitBuilder;
  readonly namespaces: Map<string, unknown>;
}

const NO_LOCATION: FunctionLocation = { scriptId: '', line: 0, column: 0 };

/** Decides where the variables of captured functions go, and writes their values. */
export class CaptureVariables {
  /** All code of the value, by number. */
  readonly units: SectionUnit[] = [];
  readonly #tools: CaptureTools;
  readonly #writer: Writer;
  readonly #shared: SharedVariables;
  readonly #writeReference: (reference: Reference) => void;
  readonly #scopes = new SharedScopes();
  readonly #scripts = new Map<string, ScriptContext[]>();
  #contexts = 0;

  constructor(
    tools: CaptureTools,
    writer: Writer,
    parts: { readonly shared: SharedVariables; readonly writeReference: (reference: Reference) => void },
  ) {
    this.#tools = tools;
    this.#writer = writer;
    this.#shared = parts.shared;
    this.#writeReference = parts.writeReference;
  }

  /** Finds a place for each variable of a function. */
  place(bound: BoundFunction): PlacedVariables {
    const { bindings, inspected } = bound;
    const location = inspected.location ?? NO_LOCATION;
    const isShared = (binding: Binding): boolean => {
      if (binding.reference !== undefined) return false;
      if (binding.properties !== undefined) return binding.isTop;
      if (binding.constant) return false;
      this.#shared.note(location, binding);
      return this.#shared.has(location, binding.name);
    };
    const shared = bindings.filter(isShared);
    const script = this.#scriptOf(bound, location, shared);
    const { context: root, unit } = script;
    if (shared.length === 0) return { unit, context: root, own: bindings, shared: [], fresh: freshOf(root) };
    const own = bindings.filter((binding) => !shared.includes(binding));
    const contexts = this.#contextsOf(bound, location, { script, shared });
    const context = contexts.values().next().value ?? root;
    const placed = shared.map((binding) => ({ binding, context: contexts.get(binding.scopeIndex) ?? root }));
    return { unit, context, own, shared: placed, fresh: freshOf(context) };
  }

  /** Writes which context a function is made in. */
  writeContext({ context, fresh }: PlacedVariables): void {
    const { sink } = this.#writer;
    sink.varint(fresh.length);
    for (const item of fresh) {
      item.number = this.#contexts++;
      sink.varint(item.parent === undefined ? 0 : numberOf(item.parent) + 1);
      sink.varint(item.index);
    }
    sink.varint(numberOf(context));
  }

  /** Writes the values of a function's variables: its own, then those shared ones that nobody has written. */
  writeValues({ own, shared }: PlacedVariables, depth: number): void {
    for (const binding of own) this.#writeValue(binding, depth);
    for (const item of shared) {
      if (item.binding.properties === undefined) this.#writeShared(item, depth);
      else this.#writeNamespace(item, item.binding.properties, depth);
    }
    this.#writer.sink.byte(SHARED_ENTRY.end);
  }

  #scriptOf(bound: BoundFunction, { scriptId }: FunctionLocation, shared: readonly Binding[]): ScriptContext {
    const known = this.#scripts.get(scriptId) ?? [];
    this.#scripts.set(scriptId, known);
    const namespaces = shared.filter(({ properties }) => properties !== undefined);
    // The same script may have been run twice, as test runners do, with other modules behind its imports.
    const fits = (script: ScriptContext): boolean =>
      namespaces.every(({ name, value }) => (script.namespaces.get(name) ?? value) === value);
    let found = known.find(fits);
    if (found === undefined) {
      found = this.#newScript();
      known.push(found);
    }
    for (const { name, value } of namespaces) found.namespaces.set(name, value);
    if (bound.kind?.type === 'user') found.unit.file = bound.kind.file;
    return found;
  }

  #newScript(): ScriptContext {
    const index = this.units.length;
    const unit = new UnitBuilder();
    this.units.push(unit);
    const context = { parent: undefined, level: unit.root, index, number: undefined, written: new Set<string>() };
    return { context, unit, namespaces: new Map() };
  }

  /** The contexts of a function by number of their scope, innermost first. Only scopes from the first one needed outwards. */
  #contextsOf(
    { fn, text, inspected }: BoundFunction,
    location: FunctionLocation,
    { script, shared }: { readonly script: ScriptContext; readonly shared: readonly Binding[] },
  ): ReadonlyMap<number, CodeContext> {
    const { scopes } = inspected;
    const inClosures = shared.filter(({ scopeIndex }) => scopes[scopeIndex]?.kind === 'closure');
    if (inClosures.length === 0) return new Map();
    const first = Math.min(...inClosures.map(({ scopeIndex }) => scopeIndex));
    const around = this.#tools.scripts.scopeAround(text, location);
    const place: FunctionPlace = { fn, key: `${location.line}:${location.column}`, around };
    const found: [number, CodeContext][] = [];
    let parent = script.context;
    for (let index = scopes.length - 1; index >= first; index--) {
      const name = this.#sharedNameIn(scopes, index, location);
      if (name === undefined) continue;
      const outer = parent;
      const declared = around === undefined ? undefined : declaredIn(around, name);
      const chain = { script: `${location.scriptId}.${script.context.index}`, scopes, index, declared };
      parent = this.#scopes.contextOf(chain, place, (key) => newContext(outer, key));
      found.unshift([index, parent]);
    }
    return new Map(found);
  }

  /** The name of a shared variable of a closure's scope. */
  #sharedNameIn(scopes: readonly FunctionScope[], index: number, location: FunctionLocation): string | undefined {
    const { kind, variables } = scopes[index] as FunctionScope;
    if (kind !== 'closure') return undefined;
    const isHidden = (name: string): boolean =>
      scopes.some((inner, i) => i < index && Object.hasOwn(inner.variables, name));
    return Object.keys(variables).find((name) => this.#shared.has(location, name) && !isHidden(name));
  }

  #writeValue(binding: Binding, depth: number): void {
    const writer = this.#writer;
    writer.path[depth] = { text: `variable '${binding.name}'` };
    if (binding.reference !== undefined && !isPrimitive(binding.value)) {
      const { reference } = binding;
      // What it is here was checked to be no primitive.
      writer.writeDefinition(binding.value as object, () => this.#writeReference(reference));
    } else if (binding.properties !== undefined) {
      writer.write(pickProperties(binding.value as object, binding.properties), depth + 1);
    } else writer.write(binding.value, depth + 1);
  }

  #writeShared({ binding, context }: SharedBinding, depth: number): void {
    if (context.written.has(binding.name)) return;
    context.written.add(binding.name);
    this.#writeEntry(SHARED_ENTRY.value, context, binding.name);
    this.#writeValue(binding, depth);
  }

  #writeNamespace({ binding, context }: SharedBinding, properties: ReadonlySet<string>, depth: number): void {
    for (const property of properties) {
      const text = `${binding.name}.${property}`;
      if (context.written.has(text)) continue;
      context.written.add(text);
      this.#writeEntry(SHARED_ENTRY.namespaceProperty, context, binding.name);
      writeString(this.#writer.sink, property);
      this.#writer.path[depth] = { text: `variable '${text}'` };
      this.#writer.write(readProperty(binding, property), depth + 1);
    }
  }

  #writeEntry(kind: number, context: CodeContext, name: string): void {
    const { sink } = this.#writer;
    sink.byte(kind);
    sink.varint(numberOf(context));
    sink.varint(context.level.variableIndex(name));
  }
}

function newContext(parent: CodeContext, key: string): CodeContext {
  return { parent, ...parent.level.levelFor(key), number: undefined, written: new Set() };
}

/** Contexts that have no number, outer ones first. */
function freshOf(context: CodeContext): CodeContext[] {
  const fresh: CodeContext[] = [];
  for (let at: CodeContext | undefined = context; at !== undefined && at.number === undefined; at = at.parent) {
    fresh.unshift(at);
  }
  return fresh;
}

function numberOf({ number }: CodeContext): number {
  // Whoever refers to a context has written it before.
  return number as number;
}

function declaredIn(around: StaticScope, name: string): StaticScope | undefined {
  return findDeclaration(around, name)?.scope;
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
